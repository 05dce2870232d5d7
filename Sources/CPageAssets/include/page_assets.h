#ifndef PAGE_ASSETS_H
#define PAGE_ASSETS_H

/// Returns the text of the asset `name`, as in "page.css", ended by NUL; null where there is none. The files are those
/// of Sources/Pages/Assets as they were when the program was built.
const char *_Nullable page_asset(const char *_Nonnull name);

#endif
