#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "Buffer.h"

// Handles an error of libpng: frees what is written so far, leaves the message in the buffer and jumps to `encode`.
static void jump(png_structp png, png_const_charp message) {
  aetool_buffer_fail(png_get_error_ptr(png), message);
  png_longjmp(png, 1);
}

static void no_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

typedef struct {
  aetool_buffer *out;
  size_t capacity;
} growing;

static void append(png_structp png, png_bytep bytes, size_t count) {
  growing *file = png_get_io_ptr(png);
  aetool_buffer *out = file->out;
  if (out->count + count > file->capacity) {
    size_t capacity = 2 * (out->count + count);
    unsigned char *data = realloc(out->data, capacity);
    if (!data) png_error(png, "out of memory");
    out->data = data;
    file->capacity = capacity;
  }
  memcpy(out->data + out->count, bytes, count);
  out->count += count;
}

static void flush(png_structp png) { (void)png; }

static int encode(
    const unsigned char *pixels, int width, int height, int channels, int filters, aetool_buffer *out) {
  growing file = {out, 0};
  aetool_buffer_clear(out);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, out, jump, no_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_write_struct(&png, NULL);
    return aetool_buffer_fail(out, "libpng is of another version than its headers, or out of memory");
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    return 0;
  }
  png_set_write_fn(png, &file, append, flush);
  png_set_IHDR(
      png, info, (png_uint_32)width, (png_uint_32)height, 8, channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
      PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, 9);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, filters);
  png_write_info(png, info);
  size_t stride = (size_t)width * (size_t)channels;
  for (int y = 0; y < height; y++) png_write_row(png, pixels + (size_t)y * stride);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return 1;
}

int aetool_png_encode(const unsigned char *pixels, int width, int height, int channels, aetool_buffer *out) {
  aetool_buffer plain;
  if (!encode(pixels, width, height, channels, PNG_FILTER_NONE, &plain)) {
    *out = plain;
    return 0;
  }
  if (!encode(pixels, width, height, channels, PNG_ALL_FILTERS, out)) {
    aetool_buffer_free(&plain);
    return 0;
  }
  aetool_buffer larger = plain.count < out->count ? *out : plain;
  if (plain.count < out->count) *out = plain;
  aetool_buffer_free(&larger);
  return 1;
}

int aetool_png_decode(const unsigned char *bytes, size_t count, aetool_buffer *out) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  aetool_buffer_clear(out);
  if (!png_image_begin_read_from_memory(&image, bytes, count)) return aetool_buffer_fail(out, image.message);
  int channels = image.format & PNG_FORMAT_FLAG_COLOR ? 3 : 1;
  image.format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  png_color black = {0, 0, 0};
  if (!aetool_buffer_allocate(out, image.width, image.height, channels)) {
    png_image_free(&image);
    return 0;
  }
  if (!png_image_finish_read(&image, &black, out->data, 0, NULL)) return aetool_buffer_fail(out, image.message);
  return 1;
}
