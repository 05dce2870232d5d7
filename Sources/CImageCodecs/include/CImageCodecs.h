// libjpeg, libwebp and libpng as plain functions from bytes to bytes. In C, since libjpeg and libpng report errors by
// jumping, which must not cross Swift's frames.
#ifndef AETOOL_IMAGE_CODECS_H
#define AETOOL_IMAGE_CODECS_H

#include <stddef.h>

/// What a call gives: a file's bytes, or pixels in rows from the top with channels interleaved; or why it failed.
typedef struct {
  /// From malloc; aetool_buffer_free ends it.
  unsigned char *data;
  size_t count;
  int width;
  int height;
  int channels;
  char message[256];
} aetool_buffer;

void aetool_buffer_free(aetool_buffer *buffer);

// All return 1, or 0 with a message in `out` and no data.

/// A whole JPEG file with Huffman tables of its own.
int aetool_jpeg_encode(
    const unsigned char *pixels, int width, int height, int channels, int quality, aetool_buffer *out);

/// An abbreviated image, without tables and JFIF header, or, where `pixels` is null, the tables that it needs: those of the
/// quality, and the standard's Huffman tables.
int aetool_jpeg_encode_abbreviated(
    const unsigned char *pixels, int width, int height, int channels, int quality, aetool_buffer *out);

/// `tables` are read first where there are any. Data that libjpeg would complete with grey are an error.
int aetool_jpeg_decode(
    const unsigned char *bytes, size_t count, const unsigned char *tables, size_t table_count, aetool_buffer *out);

/// Lossy; grey becomes three equal channels.
int aetool_webp_encode(
    const unsigned char *pixels, int width, int height, int channels, float quality, int method, aetool_buffer *out);

/// With `channels` 1, the mean of red, green and blue.
int aetool_webp_decode(const unsigned char *bytes, size_t count, int channels, aetool_buffer *out);

/// At zlib's highest level; the smaller of two files, without filters and with adaptive ones.
int aetool_png_encode(const unsigned char *pixels, int width, int height, int channels, aetool_buffer *out);

/// Grey where the file has grey alone, otherwise red, green, blue.
int aetool_png_decode(const unsigned char *bytes, size_t count, aetool_buffer *out);

#endif
