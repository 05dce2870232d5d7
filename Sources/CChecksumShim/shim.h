#ifndef AETOOL_CHECKSUM_SHIM_H
#define AETOOL_CHECKSUM_SHIM_H

#include <isa-l/crc.h>
#include <openssl/evp.h>

#endif
