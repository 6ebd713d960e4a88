/* The prior that a ranking by a profile makes of the range; git perfrank is asked for it. */
#include "base/error.h"
#include "base/process.h"
#include "start.h"
#include "ui/command.h"

#define PRIOR_LIMIT ((size_t)64 << 20)

/* Its commits that the profile says nothing of count alike. */
static void run_rank(const struct session *s, const char *profile, struct strbuf *out)
{
	struct process p = PROCESS_INIT;
	char hex[2][OID_HEX_MAX + 1];

	strvec_pushl(&p.args, "git", "perfrank", "--format=prior", "--no-progress", NULL);
	strvec_pushf(&p.args, "--profile=%s", profile);
	strvec_pushf(&p.args, "%s..%s", oid_to_hex(hex[0], &s->good[0], s->repo->rawlen),
		     oid_to_hex(hex[1], &s->bad, s->repo->rawlen));
	p.err = PROCESS_PIPE;
	if (!process_capture(&p, NULL, out, PRIOR_LIMIT))
		return;
	if (p.status == 1)
		die("no commit between the ends changes a file of %s; start without --rank", profile);
	error_prefix("the ranking by %s gives no prior", profile);
	die_error();
}

void start_rank(struct session *s, const char *profile)
{
	struct strbuf prior = STRBUF_INIT;

	if (s->plan.prior)
		die("--rank and --prior both weigh the commits; give one of them");
	if (!s->whole)
		die("--rank ranks the commits between both ends; give both");
	run_rank(s, profile, &prior);
	free(s->prior_text);
	s->prior_text = strbuf_detach(&prior, NULL);
}
