/* aid_jsonld.h - for tests of JSON-LD: a few context documents, and documents written as C strings. */
#ifndef TESTS_JSONLD_AID_JSONLD_H
#define TESTS_JSONLD_AID_JSONLD_H

#include "codecs/jsonld/jsonld.h"
#include "tests/aid/aid.h"

/* Knows http://c.example/a (protected terms), /scoped, /loop (names itself) and /none (no context in it). */
extern const struct jsonld_loader aid_loader;

/* JSON with ' for ". */
const struct node *aid_json(struct work *w, const char *text);
struct jsonld_options aid_options(bool safe);

#endif
