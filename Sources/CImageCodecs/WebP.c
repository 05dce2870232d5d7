#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/encode.h>

#include "Buffer.h"

/// Returns red, green and blue of `count` pixels, each equal to the grey in `pixels`; NULL where memory is short.
static unsigned char *coloured(const unsigned char *pixels, size_t count) {
  unsigned char *colours = malloc(3 * count);
  if (colours)
    for (size_t i = 0; i < count; i++) memset(colours + 3 * i, pixels[i], 3);
  return colours;
}

int aetool_webp_encode(
    const unsigned char *pixels, int width, int height, int channels, float quality, int method, aetool_buffer *out) {
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter writer;
  aetool_buffer_clear(out);
  if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
    return aetool_buffer_fail(out, "libwebp is of another version than its headers");
  config.quality = quality;
  config.method = method;
  if (!WebPValidateConfig(&config)) return aetool_buffer_fail(out, "libwebp takes no such quality or method");
  unsigned char *colours = channels == 1 ? coloured(pixels, (size_t)width * (size_t)height) : NULL;
  if (channels == 1 && !colours) return aetool_buffer_fail(out, "out of memory");
  WebPMemoryWriterInit(&writer);
  picture.width = width;
  picture.height = height;
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  int done = WebPPictureImportRGB(&picture, colours ? colours : pixels, 3 * width) && WebPEncode(&config, &picture);
  int code = picture.error_code;
  WebPPictureFree(&picture);
  free(colours);
  if (!done) {
    char message[64];
    WebPMemoryWriterClear(&writer);
    snprintf(message, sizeof message, "libwebp's error %d (WebPEncodingError)", code);
    return aetool_buffer_fail(out, message);
  }
  out->data = writer.mem;
  out->count = writer.size;
  return 1;
}

int aetool_webp_decode(const unsigned char *bytes, size_t count, int channels, aetool_buffer *out) {
  int width = 0, height = 0;
  aetool_buffer_clear(out);
  if (!WebPGetInfo(bytes, count, &width, &height)) return aetool_buffer_fail(out, "no WebP header");
  if (!aetool_buffer_allocate(out, (size_t)width, (size_t)height, 3)) return 0;
  if (!WebPDecodeRGBInto(bytes, count, out->data, out->count, 3 * width))
    return aetool_buffer_fail(out, "the WebP data are damaged or end too early");
  if (channels == 1) {
    size_t pixels = (size_t)width * (size_t)height;
    for (size_t i = 0; i < pixels; i++) {
      const unsigned char *pixel = out->data + 3 * i;
      out->data[i] = (unsigned char)((pixel[0] + pixel[1] + pixel[2] + 1) / 3);
    }
    out->channels = 1;
    out->count = pixels;
  }
  return 1;
}
