#ifndef AETOOL_ZLIB_SHIM_H
#define AETOOL_ZLIB_SHIM_H

#include <zlib.h>

/// `inflateInit2` is a macro, which Swift does not see. 47: windows up to 32 KiB, zlib or gzip header told by content.
static inline int aetool_inflate_init(z_streamp stream) { return inflateInit2(stream, 47); }

/// 31: gzip header, 32 KiB window.
static inline int aetool_deflate_init(z_streamp stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
}

#endif
