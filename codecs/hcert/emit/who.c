/* who.c - the WHO's forms that are written. */
#include "codecs/hcert/emit/who.h"

const struct target who_targets[] = {
	{ "ddcc", "WHO DDCC (vaccination or test)", "ddcc", "who", SIG_ES256, false, false, 0,
		ddcc_emit },
	{ "icvp", "International Certificate of Vaccination or Prophylaxis", "icvp", "who",
		SIG_ES256, false, false, 0, icvp_emit },
	{ 0 },
};
