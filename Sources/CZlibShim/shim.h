#ifndef AETOOL_ZLIB_SHIM_H
#define AETOOL_ZLIB_SHIM_H

#include <zlib.h>

/// Prepares a stream for reading; `inflateInit2` is a macro, which Swift does not see. 47 = 15 + 32 allows windows up
/// to 32 KiB and tells a zlib from a gzip header by its content.
static inline int aetool_inflate_init(z_streamp stream) { return inflateInit2(stream, 47); }

/// Prepares a stream for writing. 31 = 15 + 16 asks for a gzip header and a window of 32 KiB.
static inline int aetool_deflate_init(z_streamp stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
}

#endif
