#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include "Buffer.h"

// libjpeg's own error handler ends the process; this one jumps back to the call that began.
typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf place;
  char *message;
} failure;

static void jump(j_common_ptr jpeg) {
  failure *error = (failure *)jpeg->err;
  error->manager.format_message(jpeg, error->message);
  longjmp(error->place, 1);
}

// A level below 0 means damaged data, which libjpeg would complete with grey.
static void no_warnings(j_common_ptr jpeg, int level) {
  if (level < 0) jump(jpeg);
}

_Static_assert(JMSG_LENGTH_MAX <= sizeof((aetool_buffer *)0)->message, "libjpeg's messages fit");

static struct jpeg_error_mgr *handler(failure *error, aetool_buffer *out) {
  jpeg_std_error(&error->manager);
  error->manager.error_exit = jump;
  error->manager.emit_message = no_warnings;
  error->message = out->message;
  return &error->manager;
}

static void set_parameters(j_compress_ptr jpeg, int width, int height, int channels, int quality) {
  jpeg->image_width = (JDIMENSION)width;
  jpeg->image_height = (JDIMENSION)height;
  jpeg->input_components = channels;
  jpeg->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(jpeg);
  jpeg_set_quality(jpeg, quality, TRUE);
}

static void write_rows(j_compress_ptr jpeg, const unsigned char *pixels) {
  size_t stride = (size_t)jpeg->image_width * (size_t)jpeg->input_components;
  while (jpeg->next_scanline < jpeg->image_height) {
    JSAMPROW row = (JSAMPROW)(pixels + jpeg->next_scanline * stride);
    jpeg_write_scanlines(jpeg, &row, 1);
  }
}

static int encode(
    const unsigned char *pixels, int width, int height, int channels, int quality, int abbreviated, aetool_buffer *out) {
  struct jpeg_compress_struct jpeg;
  failure error;
  unsigned char *bytes = NULL;
  unsigned long count = 0;
  aetool_buffer_clear(out);
  jpeg.err = handler(&error, out);
  if (setjmp(error.place)) {
    // `bytes` is not freed here: libjpeg may have moved it, and tells the new address only at the end.
    jpeg_destroy_compress(&jpeg);
    return aetool_buffer_fail(out, out->message);
  }
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, &bytes, &count);
  set_parameters(&jpeg, width, height, channels, quality);
  if (abbreviated) {
    jpeg.optimize_coding = FALSE;
    jpeg.write_JFIF_header = FALSE;
    if (pixels) jpeg_suppress_tables(&jpeg, TRUE);
  } else {
    jpeg.optimize_coding = TRUE;
  }
  if (pixels) {
    jpeg_start_compress(&jpeg, !abbreviated);
    write_rows(&jpeg, pixels);
    jpeg_finish_compress(&jpeg);
  } else {
    jpeg_write_tables(&jpeg);
  }
  jpeg_destroy_compress(&jpeg);
  out->data = bytes;
  out->count = count;
  return 1;
}

int aetool_jpeg_encode(
    const unsigned char *pixels, int width, int height, int channels, int quality, aetool_buffer *out) {
  return encode(pixels, width, height, channels, quality, 0, out);
}

int aetool_jpeg_encode_abbreviated(
    const unsigned char *pixels, int width, int height, int channels, int quality, aetool_buffer *out) {
  return encode(pixels, width, height, channels, quality, 1, out);
}

int aetool_jpeg_decode(
    const unsigned char *bytes, size_t count, const unsigned char *tables, size_t table_count, aetool_buffer *out) {
  struct jpeg_decompress_struct jpeg;
  failure error;
  aetool_buffer_clear(out);
  jpeg.err = handler(&error, out);
  if (setjmp(error.place)) {
    jpeg_destroy_decompress(&jpeg);
    return aetool_buffer_fail(out, out->message);
  }
  jpeg_create_decompress(&jpeg);
  if (table_count > 0) {
    jpeg_mem_src(&jpeg, tables, table_count);
    if (jpeg_read_header(&jpeg, FALSE) != JPEG_HEADER_TABLES_ONLY) {
      jpeg_destroy_decompress(&jpeg);
      return aetool_buffer_fail(out, "the shared tables are a picture of their own");
    }
  }
  jpeg_mem_src(&jpeg, bytes, count);
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = jpeg.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  if (!aetool_buffer_allocate(out, jpeg.image_width, jpeg.image_height, jpeg.num_components == 1 ? 1 : 3)) {
    jpeg_destroy_decompress(&jpeg);
    return 0;
  }
  jpeg_start_decompress(&jpeg);
  size_t stride = (size_t)jpeg.output_width * (size_t)jpeg.output_components;
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = out->data + jpeg.output_scanline * stride;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return 1;
}
