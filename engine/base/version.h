/*
 * version — which program this is.
 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H
#define TENON_VERSION "0.1"
#endif
