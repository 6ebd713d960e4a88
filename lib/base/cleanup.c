#include "base/cleanup.h"

#include <signal.h>

#define FUNCTIONS_MAX 8

static const int endings[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE };
static cleanup_fn *functions[FUNCTIONS_MAX];
static volatile sig_atomic_t nr;
/* A forked child that did not call exec has nothing to clean up. */
static pid_t owner;

static void run(int sig)
{
	if (getpid() != owner)
		return;
	while (nr > 0) {
		nr = nr - 1;
		functions[nr](sig);
	}
}

static void at_exit(void)
{
	run(0);
}

static void at_signal(int sig)
{
	run(sig);
	signal(sig, SIG_DFL);
	/* Delivered when this handler returns: the signal is blocked meanwhile. */
	raise(sig);
}

static void fill_endings(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		sigaddset(set, endings[i]);
}

static void install(void)
{
	struct sigaction action = { .sa_handler = at_signal }, old;

	owner = getpid();
	atexit(at_exit);
	fill_endings(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (!sigaction(endings[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(endings[i], &action, NULL);
}

void cleanup_add(cleanup_fn *fn)
{
	for (int i = 0; i < nr; i++)
		if (functions[i] == fn)
			return;
	if (nr == FUNCTIONS_MAX)
		BUG("more than %d cleanup functions", FUNCTIONS_MAX);
	if (!owner)
		install();
	cleanup_block();
	functions[nr] = fn;
	nr = nr + 1;
	cleanup_unblock();
}

void cleanup_forget(void)
{
	nr = 0;
	owner = 0;
}

void cleanup_block(void)
{
	sigset_t set;

	fill_endings(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

void cleanup_unblock(void)
{
	sigset_t set;

	fill_endings(&set);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
