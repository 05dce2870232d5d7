#ifndef AETOOL_GIF_SHIM_H
#define AETOOL_GIF_SHIM_H

#include <gif_lib.h>

#endif
