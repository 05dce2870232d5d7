#ifndef AETOOL_IMAGE_CODECS_BUFFER_H
#define AETOOL_IMAGE_CODECS_BUFFER_H

#include "CImageCodecs.h"

/// Empties `out` without freeing anything.
void aetool_buffer_clear(aetool_buffer *out);

/// Frees the data of `out` and leaves `message` in it; returns 0.
int aetool_buffer_fail(aetool_buffer *out, const char *message);

/// Allocates memory for the pixels of a picture; returns 0 with a message in `out` where the picture is too large.
int aetool_buffer_allocate(aetool_buffer *out, size_t width, size_t height, int channels);

#endif
