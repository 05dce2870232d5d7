#include "Buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void aetool_buffer_clear(aetool_buffer *out) { memset(out, 0, sizeof *out); }

void aetool_buffer_free(aetool_buffer *buffer) {
  free(buffer->data);
  buffer->data = NULL;
  buffer->count = 0;
}

int aetool_buffer_fail(aetool_buffer *out, const char *message) {
  aetool_buffer_free(out);
  // `message` may be the buffer's own, which snprintf must not copy onto itself.
  if (message != out->message) snprintf(out->message, sizeof out->message, "%s", message);
  return 0;
}

int aetool_buffer_allocate(aetool_buffer *out, size_t width, size_t height, int channels) {
  // A header can claim any size; 2^28 pixels are more than a montage has.
  if (width == 0 || height == 0 || width > 1 << 16 || height > 1 << 16 || width * height > (size_t)1 << 28)
    return aetool_buffer_fail(out, "a picture of no pixels, or of more than 65536 a side or 2^28 in all");
  out->width = (int)width;
  out->height = (int)height;
  out->channels = channels;
  out->count = width * height * (size_t)channels;
  out->data = malloc(out->count);
  return out->data ? 1 : aetool_buffer_fail(out, "out of memory");
}
