/* policy.h - what the operator accepts beyond what a scheme itself demands; named in the configuration. */
#ifndef CONFIG_POLICY_H
#define CONFIG_POLICY_H

#include "trust/trust.h"

/* Whether the gateway may fetch what a health link leads to: its address is the holder's, not a list's. */
enum policy_links { LINKS_NO, LINKS_LISTED, LINKS_ANY };

/* What the operator says where a form that is issued requires an element that sources lack. */
struct policy_supply {
	struct span element, value; /* "country": as loss reports name it, without the event */
};

struct policy {
	struct span    name; /* "default" */
	enum trust_env env;
	int64_t        skew;            /* seconds that a certificate may come from the future; default 60 */
	bool           p384_es256;      /* accept SHA-256 with a P-384 key where ES256 is stated; default no */
	bool           strict_eku;      /* refuse a signer certificate with only foreign purposes; default no */
	bool           match_country;   /* refuse where iss is a country other than the key's; default yes */
	bool           match_domain;    /* refuse a key that the WHO's network lists for other types; default yes */
	bool           protection;      /* refuse an ICVP whose vaccination does not count yet or any more; default no */
	const struct span *schemes;     /* accepted; none listed: all */
	size_t             scheme_count;
	const struct span *authorities; /* accepted issuers; none listed: all */
	size_t             authority_count;
	enum policy_links  links;       /* default no */
	const struct span *link_hosts;  /* LINKS_LISTED: host names in lower case, each for itself alone */
	size_t             link_host_count;
	const struct policy_supply *supplies;
	size_t             supply_count;
	struct span        resolver;    /* [fetch] resolver: who is asked for documents of DIDs; empty: nobody */
};

extern const struct policy policy_default; /* production */

#endif
