/* shc_adversarial.c - cards that must be refused, and their good neighbours, under a strict reading. */
#include "conformance/adapters/shc.h"

#include "codecs/base/arena.h"
#include "conformance/suite_impl.h"

#include <errno.h>
#include <stdlib.h>

extern const struct adapter shc_adversarial_adapter;

static const struct shc_exception exceptions[] = {
	{ 0 },
};

/* {"URL": body}: each body as JSON once more. */
static void
read_web(struct shc_world *w)
{
	json_t *web = crypto_file(w->suite, "web.json"), *body;
	const char *url;

	json_object_foreach(web, url, body)
	{
		char *text = json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY);
		if (text)
			shc_page(w, url, arena_copy(w->suite->arena, span_of(text)));
		free(text);
	}
	json_decref(web);
}

/* A text, or the texts of several codes. */
static struct span
input_of(struct suite *s, const json_t *vector)
{
	const json_t *list = json_object_get(vector, "input"), *text;
	struct buf b = buf_in(s->arena, 16 << 20);
	size_t i;

	if (!json_is_array(list))
		return crypto_text(vector, "input");
	json_array_foreach(list, i, text)
	{
		buf_str(&b, i > 0 ? "\n" : "");
		buf_str(&b, json_string_value(text));
	}
	return b.len > 0 ? buf_span(&b) : SPAN_NONE;
}

static int
run_vectors(struct shc_world *w, const json_t *vectors)
{
	struct shc_seen seen[SHC_ENTRIES];
	const json_t *vector;
	size_t i, count;
	int r = 0;

	json_array_foreach(vectors, i, vector)
	{
		r = shc_ask(w, input_of(w->suite, vector), seen, &count);
		if (r != 0)
			break;
		shc_tell(w->suite, json_string_value(json_object_get(vector, "id")), vector, seen,
			count, exceptions);
	}
	return r;
}

static int
run(struct suite *s)
{
	struct shc_world w = { .suite = s };
	json_t *root = crypto_file(s, "vectors.json");
	struct span directory;
	int r = root ? suite_read(s, "directory.json", &directory) : -ENOENT;

	w.at = json_integer_value(json_object_get(root, "clock"));
	read_web(&w);
	if (r == 0)
		r = shc_trust(&w, "vci-directory", directory);
	if (r == 0)
		r = run_vectors(&w, json_object_get(root, "vectors"));
	shc_close(&w);
	json_decref(root);
	return r;
}

const struct adapter shc_adversarial_adapter = { "shc-adversarial", run };
