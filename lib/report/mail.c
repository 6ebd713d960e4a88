#include "report/mail.h"

#include <math.h>
#include <strings.h>
#include <time.h>

#include "base/escape.h"
#include "report/header.h"
#include "report/how.h"
#include "report/mail-body.h"
#include "report/say.h"

/* SMTP's, without the end of the line. */
#define LINE_MAX_BYTES 998
#define SUBJECT_MAX 200

const char *mail_refusal(const struct finding *f)
{
	if (f->find_fix && (f->verdict == FINDING_NAMED || f->verdict == FINDING_SET))
		return "this session looks for the commit that made it better, which is no regression";
	switch (f->verdict) {
	case FINDING_NAMED:
	case FINDING_SET:
		return NULL;
	case FINDING_NOT_REPRODUCED:
		return "the ends do not differ today, so that no commit can be accused";
	case FINDING_UNDECIDED:
		return "it is undecided which commit it was, and a wrong name in public hurts";
	default:
		return "it is not decided yet which commit it was; git perfbisect run goes on";
	}
}

/* At most so many bytes, and no part of a character. */
static int subject_len(const char *text)
{
	size_t len = strlen(text), max = SUBJECT_MAX;

	if (len <= max)
		return (int)len;
	while (max && ((unsigned char)text[max] & 0xc0) == 0x80)
		max--;
	return (int)max;
}

static void add_subject(const struct finding *f, struct strbuf *out)
{
	struct strbuf subject = STRBUF_INIT, change = STRBUF_INIT;
	struct stats_interval step = finding_step_relative(f);

	if (isfinite(step.value)) {
		strbuf_addch(&change, ' ');
		say_percent(&change, step.value);
		strbuf_addstr(&change, " %");
	}
	if (f->verdict == FINDING_NAMED) {
		const char *text = f->commits[f->culprit].subject;

		strbuf_addf(&subject, "[REGRESSION] %.*s: %s%s", subject_len(text), text, how_metric(f),
			    change.buf);
	} else {
		strbuf_addf(&subject, "[REGRESSION] %s%s between %s and %s", how_metric(f), change.buf,
			    f->good_name, f->bad_name);
	}
	header_add_text(out, "Subject", subject.buf);
	strbuf_release(&subject);
	strbuf_release(&change);
}

/* RFC 5322, in the zone that is given; the names are English whatever the locale. */
static void add_date(const struct mail *mail, struct strbuf *out)
{
	static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t local = (time_t)(mail->date + 60 * mail->zone);
	int zone = abs(mail->zone);
	struct tm tm;

	if (!gmtime_r(&local, &tm))
		return;
	strbuf_addf(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d %c%02d%02d\n", days + 3 * tm.tm_wday,
		    tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
		    mail->zone < 0 ? '-' : '+', zone / 60, zone % 60);
}

/* Adds those whose address is not there yet; `seen` holds addresses. */
static void take_people(const struct strvec *from, struct strvec *seen, struct strvec *to)
{
	struct strbuf name = STRBUF_INIT, address = STRBUF_INIT;

	for (size_t i = 0; i < from->nr; i++) {
		bool new = header_person(from->v[i], &name, &address);

		for (size_t k = 0; k < seen->nr && new; k++)
			new = strcasecmp(seen->v[k], address.buf) != 0;
		if (!new)
			continue;
		strvec_push(seen, address.buf);
		strvec_push(to, from->v[i]);
	}
	strbuf_release(&name);
	strbuf_release(&address);
}

static void add_people(const struct finding *f, const struct mail *mail, struct strbuf *out)
{
	struct strvec lists = STRVEC_INIT, from = STRVEC_INIT, seen = STRVEC_INIT;
	struct strvec sender = STRVEC_INIT, to = STRVEC_INIT, cc = STRVEC_INIT;

	strvec_push(&from, mail->from);
	if (mail->kernel)
		strvec_pushl(&lists, "regressions@lists.linux.dev", "linux-kernel@vger.kernel.org", NULL);
	if (mail->stable)
		strvec_push(&lists, "stable@vger.kernel.org");
	/* Of several commits no single author is to answer. */
	if (f->verdict == FINDING_NAMED)
		take_people(&mail->to, &seen, &to);
	header_add_people(out, "From", &from);
	take_people(&from, &seen, &sender);
	if (f->verdict == FINDING_NAMED)
		take_people(&mail->cc, &seen, &cc);
	take_people(&lists, &seen, to.nr || f->verdict == FINDING_NAMED ? &cc : &to);
	header_add_people(out, "To", &to);
	header_add_people(out, "Cc", &cc);
	strvec_release(&lists);
	strvec_release(&from);
	strvec_release(&seen);
	strvec_release(&sender);
	strvec_release(&to);
	strvec_release(&cc);
}

static bool has_long_line(const char *text)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (strcspn(text, "\n") > LINE_MAX_BYTES)
			return true;
	return false;
}

/* "From " at the begin of a line is none when it is encoded, and ">From " stays what it is. */
static bool is_plain(const char *at, size_t column)
{
	if (!column && (*at == 'F' || *at == '>'))
		return false;
	if (*at == ' ')
		return at[1] && at[1] != '\n';
	return *at > ' ' && *at < 0x7f && *at != '=';
}

/* RFC 2045, 6.7: lines of at most 76, blanks at the end of one encoded. */
static void add_quoted_printable(struct strbuf *out, const char *text)
{
	size_t column = 0;

	for (; *text; text++) {
		if (*text == '\n') {
			strbuf_addch(out, '\n');
			column = 0;
			continue;
		}
		if (column + (is_plain(text, column) ? 1 : 3) > 75) {
			strbuf_addstr(out, "=\n");
			column = 0;
		}
		if (is_plain(text, column)) {
			strbuf_addch(out, *text);
			column++;
		} else {
			strbuf_addf(out, "=%02X", (unsigned char)*text);
			column += 3;
		}
	}
}

/* ">From " as well, so that readers can take one ">" off whatever was there. */
static void add_mboxrd(struct strbuf *out, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n"), quotes = strspn(text, ">");

		if (starts_with(text + quotes, "From "))
			strbuf_addch(out, '>');
		strbuf_add(out, text, len);
		strbuf_addch(out, '\n');
		text += len + (text[len] == '\n');
	}
}

void mail_write(const struct finding *f, const struct mail *mail, struct strbuf *out)
{
	struct strbuf body = STRBUF_INIT;
	bool quoted;
	const struct finding_commit *about = f->verdict == FINDING_NAMED ? &f->commits[f->culprit]
									 : finding_bad_end(f);

	mail_body(f, mail, &body);
	quoted = has_long_line(body.buf);
	strbuf_addf(out, "From %s Mon Sep 17 00:00:00 2001\n", about->id);
	add_people(f, mail, out);
	add_date(mail, out);
	add_subject(f, out);
	strbuf_addf(out,
		    "MIME-Version: 1.0\n"
		    "Content-Type: text/plain; charset=UTF-8\n"
		    "Content-Transfer-Encoding: %s\n\n",
		    quoted ? "quoted-printable" : "8bit");
	if (quoted)
		add_quoted_printable(out, body.buf);
	else
		add_mboxrd(out, body.buf);
	strbuf_addch(out, '\n');
	strbuf_release(&body);
}
