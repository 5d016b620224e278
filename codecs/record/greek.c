/* greek.c - Greek as Greece and Cyprus write it in passports (ELOT 743, ISO 843): letters that change each other. */
#include "codecs/record/translit_impl.h"

enum mark { MARK_NONE, MARK_ACCENT, MARK_DIAERESIS };

static const struct greek {
	uint16_t code, base;
	enum mark mark;
} letters[] = {
#define GREEK(code, base, mark) { code, base, MARK_##mark },
#include "codecs/record/greek.def"
#undef GREEK
};

enum {
	ALPHA = 0x0391,
	BETA,
	GAMMA,
	DELTA,
	EPSILON,
	ZETA,
	ETA,
	THETA,
	IOTA,
	KAPPA,
	LAMBDA,
	MU,
	NU,
	XI,
	OMICRON,
	PI,
	RHO,
	SIGMA = 0x03a3,
	TAU,
	UPSILON,
	PHI,
	CHI,
	PSI,
	OMEGA
};

static const char *const alone[OMEGA - ALPHA + 1] = { "A", "V", "G", "D", "E", "Z", "I", "TH", "I",
	"K", "L", "M", "N", "X", "O", "P", "R", "", "S", "T", "Y", "F", "CH", "PS", "O" };

/* With the combining marks that follow it. */
static struct greek
letter_of(struct walk *w, uint32_t c)
{
	struct greek g = { 0 };
	uint32_t mark;

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].code == c)
			g = letters[i];
	for (; (mark = walk_peek(*w)) >= 0x0300 && mark <= 0x036f; walk_next(w)) {
		if (mark == 0x0308)
			g.mark = MARK_DIAERESIS;
		else if (g.mark == MARK_NONE && (mark <= 0x0301 || mark == 0x0342))
			g.mark = MARK_ACCENT;
	}
	return g;
}

/* The letter behind w, and w behind that; base 0: there is none. */
static struct greek
next_letter(struct walk *w)
{
	uint32_t c = walk_peek(*w);

	if (c == 0)
		return (struct greek){ 0 };
	walk_next(w);
	return letter_of(w, c);
}

/* Vowels, and consonants that are voiced. */
static bool
is_voiced(uint16_t base)
{
	static const uint16_t voiced[] = { ALPHA, BETA, GAMMA, DELTA, EPSILON, ZETA, ETA, IOTA,
		LAMBDA, MU, NU, OMICRON, RHO, UPSILON, OMEGA };

	for (size_t i = 0; i < sizeof(voiced) / sizeof(voiced[0]); i++)
		if (base == voiced[i])
			return true;
	return false;
}

/* Upsilon behind a vowel, unless marks keep the two apart. */
static const char *
with_upsilon(uint16_t vowel, bool voiced)
{
	switch (vowel) {
	case OMICRON:
		return "OU";
	case ALPHA:
		return voiced ? "AV" : "AF";
	case EPSILON:
		return voiced ? "EV" : "EF";
	case ETA:
		return voiced ? "IV" : "IF";
	default:
		return NULL;
	}
}

static const char *
with_gamma(uint16_t second)
{
	if (second == GAMMA)
		return "NG";
	if (second == XI)
		return "NX";
	return second == CHI ? "NCH" : NULL;
}

/* Of two letters; NULL: each is written for itself. */
static const char *
pair_text(struct greek one, struct greek two, uint16_t third, bool first)
{
	if (two.base == UPSILON && one.mark == MARK_NONE && two.mark != MARK_DIAERESIS)
		return with_upsilon(one.base, is_voiced(third));
	if (one.base == GAMMA)
		return with_gamma(two.base);
	if (one.base == MU && two.base == PI)
		return first || third == 0 ? "B" : "MP";
	return NULL;
}

const char *
greek_text(struct walk *w, uint32_t c, bool first)
{
	struct greek one = letter_of(w, c);
	struct walk behind = *w;
	struct greek two = next_letter(&behind);
	struct walk further = behind;
	uint16_t third = two.base ? next_letter(&further).base : 0;
	const char *pair = one.base && two.base ? pair_text(one, two, third, first) : NULL;

	if (pair) {
		*w = behind;
		return pair;
	}
	return one.base ? alone[one.base - ALPHA] : NULL;
}
