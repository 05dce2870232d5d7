#ifndef AETOOL_ZIP_SHIM_H
#define AETOOL_ZIP_SHIM_H

#include <zip.h>

#endif
