/* ssrf_scenario.h - rows of url-ssrf that say what names and servers do, and what must come of a fetch. */
#ifndef ADAPTERS_SSRF_SCENARIO_H
#define ADAPTERS_SSRF_SCENARIO_H

#include "codecs/tree/node.h"
#include "conformance/adapters/ssrf_net.h"
#include "conformance/suite.h"

/* Runs a row of kind "scenario"; *why: NULL where all is as it must be, else what is not.  1: nothing here does what
 * the row is about.  0 or -errno otherwise. */
int ssrf_scenario(struct ssrf_net *n, struct work *w, const struct node *row, const char **why);

#endif
