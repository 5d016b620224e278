/* utf8.c - UTF-8 as RFC 3629 has it: shortest forms, no surrogates, nothing past U+10FFFF. */
#include "codecs/base/text.h"

#include <string.h>

/* Eight plain bytes at once: almost all text is ASCII. */
static size_t
skip_ascii(struct span s, size_t at)
{
	uint64_t word;

	while (s.len - at >= sizeof(word)) {
		memcpy(&word, s.ptr + at, sizeof(word));
		if (word & 0x8080808080808080u)
			break;
		at += sizeof(word);
	}
	while (at < s.len && s.ptr[at] < 0x80)
		at++;
	return at;
}

/* Length of the sequence that starts with a byte, and the range of its second byte. */
static size_t
sequence(uint8_t first, uint8_t *low, uint8_t *high)
{
	*low = 0x80;
	*high = 0xbf;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef) {
		*low = first == 0xe0 ? 0xa0 : 0x80;
		*high = first == 0xed ? 0x9f : 0xbf;
		return 3;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		*low = first == 0xf0 ? 0x90 : 0x80;
		*high = first == 0xf4 ? 0x8f : 0xbf;
		return 4;
	}
	return 0;
}

size_t
utf8_check(struct span s)
{
	size_t at = 0;

	while ((at = skip_ascii(s, at)) < s.len) {
		uint8_t low, high;
		size_t n = sequence(s.ptr[at], &low, &high);
		if (n == 0 || n > s.len - at)
			return at;
		if (s.ptr[at + 1] < low || s.ptr[at + 1] > high)
			return at;
		for (size_t i = 2; i < n; i++)
			if ((s.ptr[at + i] & 0xc0) != 0x80)
				return at;
		at += n;
	}
	return s.len;
}

size_t
utf8_count(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += (s.ptr[i] & 0xc0) != 0x80;
	return n;
}
