/* ascii.h - classes of ASCII bytes, the same in every locale. */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

#include "codecs/base/span.h"

static inline bool
ascii_letter(uint8_t c)
{
	return (uint8_t)((c | 0x20) - 'a') < 26;
}

static inline bool
ascii_digit(uint8_t c)
{
	return (uint8_t)(c - '0') < 10;
}

static inline uint8_t
ascii_lower(uint8_t c)
{
	return ascii_letter(c) ? c | 0x20 : c;
}

/* Of the alphabet of base64url, which is also that of what needs no escape in a URL's query. */
static inline bool
ascii_base64url(uint8_t c)
{
	return ascii_letter(c) || ascii_digit(c) || c == '-' || c == '_';
}

/* The value of a hexadecimal digit; -1: it is none. */
static inline int
ascii_hex(uint8_t c)
{
	if (ascii_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that the escape at s[at] stands for, at <= s.len; -1: there is none. */
static inline int
ascii_escaped(struct span s, size_t at)
{
	if (s.len - at < 3 || s.ptr[at] != '%' || ascii_hex(s.ptr[at + 1]) < 0 || ascii_hex(s.ptr[at + 2]) < 0)
		return -1;
	return ascii_hex(s.ptr[at + 1]) * 16 + ascii_hex(s.ptr[at + 2]);
}

#endif
