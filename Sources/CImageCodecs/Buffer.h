#ifndef AETOOL_IMAGE_CODECS_BUFFER_H
#define AETOOL_IMAGE_CODECS_BUFFER_H

#include "CImageCodecs.h"

/// `out` with nothing in it.
void aetool_buffer_clear(aetool_buffer *out);

/// Frees what `out` has and leaves `message` in it; returns 0.
int aetool_buffer_fail(aetool_buffer *out, const char *message);

/// Memory for the pixels of a picture; 0 with a message where it is too large.
int aetool_buffer_allocate(aetool_buffer *out, size_t width, size_t height, int channels);

#endif
