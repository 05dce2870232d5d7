#ifndef AETOOL_JPEG_SHIM_H
#define AETOOL_JPEG_SHIM_H

#include <stdio.h>

#include <jpeglib.h>

#endif
