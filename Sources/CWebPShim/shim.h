#ifndef AETOOL_WEBP_SHIM_H
#define AETOOL_WEBP_SHIM_H

#include <webp/decode.h>
#include <webp/encode.h>

#endif
