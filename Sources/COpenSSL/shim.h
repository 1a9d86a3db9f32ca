#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H

/* Names that OpenSSL 3 deprecates are left out, so that using one fails to compile. */
#define OPENSSL_NO_DEPRECATED 1

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#endif
