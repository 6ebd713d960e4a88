/* A machine that is reached by the ssh program, as the user has configured it. */

#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "bench/machine/ssh-private.h"

#define CONNECT_TIMEOUT 20
#define POLL_NANOSECONDS 5000000
#define NAME_LEN_MAX 255
/* A word that the master's LocalCommand says when it is connected. */
#define CONNECTED "perf-connected"

/* A host or user that ssh, or a shell, could take for something else never gets there. */
static int check_word(const char *key, const char *word, const char *chars)
{
	size_t len = strlen(word);

	if (len && len <= NAME_LEN_MAX && strspn(word, chars) == len && is_word_char(*word))
		return 0;
	return error_set("%s: '%s' is refused: it begins with a letter or digit, and holds only those and %s",
			 key, word, strchr(chars, ':') ? "_ . - :" : "_ . -");
}

static int ssh_accept(const struct plan_machine *conf)
{
	if (!conf->host)
		return error_set("host is wanted");
	if (check_word("host", conf->host, WORD_CHARS ".-:"))
		return -1;
	if (conf->user && check_word("user", conf->user, WORD_CHARS ".-"))
		return -1;
	if (conf->keyfile && *conf->keyfile == '-')
		return error_set("keyfile: '%s' looks like an option", conf->keyfile);
	if (conf->directory &&
	    (*conf->directory != '/' || strspn(conf->directory, WORD_CHARS "/.-") != strlen(conf->directory)))
		return error_set("directory: '%s' is no absolute path of letters, digits and _ . - /",
				 conf->directory);
	return 0;
}

static struct ssh *ssh_of(struct machine *m)
{
	struct ssh *s = m->kind;

	if (!s) {
		s = m->kind = xcalloc(1, sizeof(*s));
		s->master = (struct job)JOB_INIT;
	}
	return s;
}

/* ssh expands "~" in its configuration, not for -i. */
static char *expand_home(const char *path)
{
	const char *home = getenv("HOME");

	return starts_with(path, "~/") && home ? xstrfmt("%s/%s", home, path + 2) : xstrdup(path);
}

void ssh_arguments(const struct machine *m, struct strvec *args, bool master, double connect_timeout)
{
	/* What the user's configuration may say, and would be in our way. */
	static const char *const options[] = {
		"IgnoreUnknown=ForkAfterAuthentication,StdinNull",
		"BatchMode=yes",
		"RequestTTY=no",
		"RemoteCommand=none",
		"ClearAllForwardings=yes",
		"ForwardAgent=no",
		"ForwardX11=no",
		"EscapeChar=none",
		"ControlPersist=no",
		"ForkAfterAuthentication=no",
		"StdinNull=no",
		"ServerAliveInterval=15",
		"ServerAliveCountMax=4",
	};
	const struct ssh *s = m->kind;

	strvec_push(args, "ssh");
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		strvec_pushl(args, "-o", options[i], NULL);
	strvec_pushl(args, "-o", master ? "ControlMaster=yes" : "ControlMaster=no", "-S", s->socket, "-o",
		     NULL);
	strvec_pushf(args, "ConnectTimeout=%d", (int)connect_timeout);
	if (master)
		strvec_pushl(args, "-N", "-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo " CONNECTED,
			     NULL);
	if (m->conf->port) {
		strvec_push(args, "-p");
		strvec_pushf(args, "%ld", m->conf->port);
	}
	if (m->conf->user)
		strvec_pushl(args, "-l", m->conf->user, NULL);
	if (m->conf->keyfile) {
		strvec_push(args, "-i");
		strvec_push_owned(args, expand_home(m->conf->keyfile));
	}
	strvec_pushl(args, "--", m->conf->host, NULL);
}

/* A private directory with a short name: a socket's path has little room. */
static int make_socket_dir(struct ssh *s)
{
	const char *base = getenv("XDG_RUNTIME_DIR");

	if (s->dir)
		return 0;
	if (!base || *base != '/' || strlen(base) > 40 || access(base, W_OK))
		base = "/tmp";
	s->dir = xstrfmt("%s/perf-XXXXXX", base);
	/* mkdtemp() makes it 0700, and no one's but ours. */
	if (!mkdtemp(s->dir)) {
		error_set("cannot make a folder below '%s': %s", base, strerror(errno));
		free(s->dir);
		s->dir = NULL;
		return -1;
	}
	s->socket = xstrfmt("%s/m", s->dir);
	return 0;
}

static int note_connected(const char *line, size_t len, bool is_err, void *data)
{
	struct ssh *s = data;

	if (!is_err && len == strlen(CONNECTED) && !memcmp(line, CONNECTED, len))
		s->connected = true;
	return 0;
}

/* What ssh said last, without its line ends. */
static void connect_error(const struct machine *m, struct ssh *s)
{
	struct strbuf said = STRBUF_INIT;
	const char *from;

	strbuf_add(&said, s->master.tail.buf, s->master.tail.len);
	strbuf_rtrim(&said);
	from = strrchr(said.buf, '\n');
	error_set("cannot connect to %s: %s", m->conf->host,
		  said.len ? (from ? from + 1 : said.buf) : "ssh said nothing");
	strbuf_release(&said);
}

static enum outcome start_master(struct machine *m, double connect_timeout)
{
	const struct timespec pause = { .tv_nsec = POLL_NANOSECONDS };
	struct ssh *s = ssh_of(m);

	if (make_socket_dir(s))
		return OUTCOME_INFRASTRUCTURE;
	unlink(s->socket);
	ssh_arguments(m, &s->master.args, true, connect_timeout);
	s->master.line = note_connected;
	s->master.data = s;
	s->connected = false;
	if (job_start(&s->master))
		return OUTCOME_INFRASTRUCTURE;
	while (!job_ended(&s->master) && !s->connected)
		nanosleep(&pause, NULL);
	if (s->connected && !job_ended(&s->master))
		return OUTCOME_MEASURED;
	connect_error(m, s);
	ssh_disconnect(m);
	return OUTCOME_INFRASTRUCTURE;
}

void ssh_disconnect(struct machine *m)
{
	struct ssh *s = ssh_of(m);

	/* There is nothing to wait for. */
	s->master.grace = 0.5;
	job_release(&s->master);
	s->connected = false;
}

/* What mktemp printed is data as well. */
static bool is_directory_name(const char *path)
{
	return *path == '/' && strspn(path, WORD_CHARS "/.-") == strlen(path) && !strstr(path, "..");
}

/* Ours, and no one else's: a directory below /tmp could be another user's after a boot. */
static enum outcome make_remote_dir(struct machine *m)
{
	struct ssh *s = ssh_of(m);
	const char *dir = m->conf->directory ? m->conf->directory : s->remote;
	struct machine_run run = MACHINE_RUN_INIT;
	struct strbuf script = STRBUF_INIT;
	enum outcome outcome;

	if (dir)
		strbuf_addf(&script,
			    "umask 077 && mkdir -p %s && test -d %s && test -O %s && test ! -L %s && echo %s",
			    dir, dir, dir, dir, dir);
	else
		strbuf_addstr(&script, "umask 077 && mktemp -d");
	run.command = script.buf;
	run.timeout = MACHINE_HOOK_TIMEOUT;
	outcome = ssh_run_anywhere(m, &run);
	strbuf_rtrim(&run.out);
	if (outcome == OUTCOME_BENCH_FAILED || (!outcome && !is_directory_name(run.out.buf))) {
		error_set("cannot make a folder of ours on %s", m->conf->host);
		outcome = OUTCOME_INFRASTRUCTURE;
	}
	if (!outcome) {
		free(s->remote);
		s->remote = xstrdup(run.out.buf);
	}
	strbuf_release(&script);
	machine_run_release(&run);
	return outcome;
}

enum outcome ssh_connect(struct machine *m, double connect_timeout)
{
	struct ssh *s = ssh_of(m);
	enum outcome outcome;

	if (s->connected && !job_ended(&s->master))
		return OUTCOME_MEASURED;
	ssh_disconnect(m);
	outcome = start_master(m, connect_timeout);
	if (!outcome)
		outcome = make_remote_dir(m);
	return outcome;
}

static enum outcome ssh_check(struct machine *m)
{
	return ssh_connect(m, CONNECT_TIMEOUT);
}

static enum outcome ssh_install(struct machine *m)
{
	enum outcome outcome = ssh_connect(m, CONNECT_TIMEOUT);

	if (!outcome && m->software.out)
		outcome = ssh_put(m, m->software.out, "out");
	if (!outcome)
		outcome = machine_install_hook(m);
	if (!outcome && !m->software.out && !m->conf->install) {
		error_set("nothing that was built is brought there: set perfbuild.output, or perfsut.%s.install",
			  m->conf->name);
		outcome = OUTCOME_INFRASTRUCTURE;
	}
	return outcome;
}

static enum outcome ssh_run_connected(struct machine *m, struct machine_run *run)
{
	enum outcome outcome = ssh_connect(m, CONNECT_TIMEOUT);

	return outcome ? outcome : ssh_run(m, run);
}

static enum outcome ssh_start_connected(struct machine *m, const char *command, struct job *job,
					struct strbuf *input)
{
	enum outcome outcome = ssh_connect(m, CONNECT_TIMEOUT);

	return outcome ? outcome : ssh_start(m, command, job, input);
}

static void ssh_close(struct machine *m)
{
	struct ssh *s = ssh_of(m);
	char *why = xstrdup(error_message());

	if (s->remote && !m->conf->directory && s->connected && !job_ended(&s->master)) {
		struct machine_run run = MACHINE_RUN_INIT;
		char *script = xstrfmt("rm -rf %s", s->remote);

		run.command = script;
		run.timeout = MACHINE_HOOK_TIMEOUT;
		/* What cannot be removed stays; there is nothing better to do. */
		(void)!ssh_run_anywhere(m, &run);
		machine_run_release(&run);
		free(script);
	}
	ssh_disconnect(m);
	if (s->dir && remove_tree(s->dir))
		error_clear();
	error_set("%s", why);
	free(why);
	free(s->dir);
	free(s->socket);
	free(s->remote);
	free(s);
	m->kind = NULL;
}

const struct machine_ops machine_ssh = {
	.method = "ssh",
	.help = "a machine that ssh reaches",
	.accept = ssh_accept,
	.check = ssh_check,
	.install = ssh_install,
	.boot = ssh_boot,
	.verify = machine_verify_software,
	.run = ssh_run_connected,
	.start = ssh_start_connected,
	.power = machine_power_hook,
	.close = ssh_close,
};
