// This header makes libjpeg, libwebp and libpng plain functions from bytes to bytes. They are written in C, since
// libjpeg and libpng report errors by jumping, which must not cross Swift's frames.
#ifndef AETOOL_IMAGE_CODECS_H
#define AETOOL_IMAGE_CODECS_H

#include <stddef.h>

/// What a call gives: the bytes of a file; or pixels, in rows from the top with channels interleaved; or why it failed.
typedef struct {
  /// The data come from malloc; aetool_buffer_free frees them.
  unsigned char *data;
  size_t count;
  int width;
  int height;
  int channels;
  char message[256];
} aetool_buffer;

void aetool_buffer_free(aetool_buffer *buffer);

// All functions below return 1, or else 0 with a message and no data in `out`.

/// Writes a whole JPEG file with Huffman tables of its own.
int aetool_jpeg_encode(
    const unsigned char *pixels, int width, int height, int channels, int quality, aetool_buffer *out);

/// Writes an abbreviated image, without tables and JFIF header; or, where `pixels` is null, the tables that it needs:
/// the quantisation tables of the quality, and the standard's Huffman tables.
int aetool_jpeg_encode_abbreviated(
    const unsigned char *pixels, int width, int height, int channels, int quality, aetool_buffer *out);

/// Reads a JPEG file, after `tables` where there are any. Data that libjpeg would complete with grey are an error.
int aetool_jpeg_decode(
    const unsigned char *bytes, size_t count, const unsigned char *tables, size_t table_count, aetool_buffer *out);

/// Writes a lossy WebP file, in which grey becomes three equal channels.
int aetool_webp_encode(
    const unsigned char *pixels, int width, int height, int channels, float quality, int method, aetool_buffer *out);

/// Reads a WebP file; with `channels` 1, a pixel is the mean of its red, green and blue.
int aetool_webp_decode(const unsigned char *bytes, size_t count, int channels, aetool_buffer *out);

/// Writes the smaller of two PNG files at zlib's highest level, one without filters and one with adaptive filters.
int aetool_png_encode(const unsigned char *pixels, int width, int height, int channels, aetool_buffer *out);

/// Reads a PNG file: grey where the file has grey alone, otherwise red, green and blue.
int aetool_png_decode(const unsigned char *bytes, size_t count, aetool_buffer *out);

#endif
