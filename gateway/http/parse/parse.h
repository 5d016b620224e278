/* parse.h - the bytes of an HTTP/1.1 request (RFC 9110, RFC 9112), read strictly and without a copy.
 *
 * Pure and incremental: a head that arrives byte by byte gives exactly what the
 * whole gives, fault included, and a fault is told at the first byte that shows
 * it.  What several servers may read differently is refused: docs/api.md has the list.
 */
#ifndef HTTP_PARSE_H
#define HTTP_PARSE_H

#include "codecs/base/span.h"
#include "config/config.h"

enum problem {
	PROBLEM_NONE,
#define PROBLEM(name, status, code, title) PROBLEM_##name,
#include "gateway/http/parse/problems.def"
#undef PROBLEM
	PROBLEM_COUNT
};

/* What is wrong; where it is a limit, its name ("http.head") and its value. */
struct fault {
	enum problem problem;
	const char  *limit;
	uint64_t     value;
};

enum parse_result { PARSE_MORE, PARSE_DONE, PARSE_BAD };

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_OPTIONS, METHOD_OTHER };
enum body_kind { BODY_NONE, BODY_LENGTH, BODY_CHUNKED };

/* The fields that somebody reads; every other one is checked and passed over. */
enum field {
	FIELD_HOST,
	FIELD_CONTENT_LENGTH,
	FIELD_TRANSFER_ENCODING,
	FIELD_CONNECTION,
	FIELD_EXPECT,
	FIELD_CONTENT_TYPE,
	FIELD_ACCEPT,
	FIELD_TRACEPARENT,
	FIELD_AUTHORIZATION,
	FIELD_IF_NONE_MATCH,
	FIELD_COUNT
};

/* A place in the request, counted from its first byte: still right when the bytes were moved. */
struct slice {
	uint32_t at, len;
};

/* Classes of bytes: RFC 9110 5.6.2 tokens and 5.5 field values, RFC 3986 targets and registered names. */
enum chars { CHARS_TOKEN = 1, CHARS_VALUE = 2, CHARS_TARGET = 4, CHARS_NAME = 8 };

/* How many bytes of that class stand in s from there on. */
size_t chars_run(struct span s, size_t from, unsigned class);

/* Field lines up to the empty one: of a head, or of a chunked body's trailer. */
struct fields {
	uint8_t  state;
	uint32_t line, total, count; /* bytes of this line, bytes of the section, lines */
	uint32_t name, name_len, value, value_end; /* places in the bytes given */
};

struct head {
	/* found, when parsing is done */
	enum method    method;
	enum body_kind body;
	bool           http10, close, expect; /* close: the client wants no further request */
	uint64_t       length;                /* BODY_LENGTH */
	struct slice   path, query, fields[FIELD_COUNT];
	uint32_t       present; /* bit (1u << FIELD_x): that field was there */
	size_t         size;    /* bytes of the head */
	struct fault   fault;   /* PARSE_BAD */
	/* how far it is */
	uint8_t        state, step;
	uint32_t       line, method_at, method_end, target, target_end;
	struct fields  section;
};

/* h: all zero at first.  all: every byte since the request's first, those of earlier calls included.
 * Limits: line (request line without its CRLF), head (all field lines, CRLF included), field (one line without its
 * CRLF), fields (lines).  Unless it is done or bad, every byte of all was looked at.  What follows h->size is the body. */
enum parse_result head_parse(struct head *h, const struct config_http *limits, struct span all);
/* The bytes of a slice of that head; SPAN_NONE for a field that was not there. */
struct span head_slice(struct span all, struct slice s);
struct span head_field(const struct head *h, struct span all, enum field f);

/* One or more field lines from in, beginning at *at; PARSE_MORE with *line set: one is complete (its places are in f).
 * PARSE_DONE: the empty line was read. */
enum parse_result fields_parse(struct fields *f, const struct config_http *limits, struct span in, size_t *at,
		bool *line, struct fault *fault);

/* A chunked body. */
struct chunks {
	uint8_t       state, digits;
	uint64_t      left, total; /* of this chunk; of all so far */
	uint64_t      max;         /* over it: HTTP_TOO_LARGE with limit */
	const char   *limit;
	struct fields trailer;
	struct fault  fault;
};

struct chunks chunks_upto(uint64_t max, const char *limit);
/* Reads on in `in`: *used bytes of it are done with, *data (maybe none) is a run of the body in them.  Call again with
 * the rest while it gives PARSE_MORE and used something.  PARSE_DONE: the body has ended, trailer included. */
enum parse_result chunks_parse(struct chunks *c, const struct config_http *limits, struct span in, size_t *used,
		struct span *data);

/* Does a comma-separated list (Connection, Accept) hold this token, in any case?  Parameters are not looked at. */
bool list_has(struct span list, const char *token);
bool span_is_nocase(struct span s, const char *text);

#endif
