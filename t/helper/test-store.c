/*
 * Drives lib/store/ from shell tests. Exits 0, or 128 with the recorded error
 * on stderr.
 *
 *	test-store write <dir> <boot-id> <n>	a boot with n samples, each printed once it is stored
 *	test-store samples <dir>		all samples
 *	test-store start <dir> <worktree>	begins a session, prints its id
 *	test-store lock <dir> <session>		locks it, says so, until standard input ends
 *	test-store event <dir> <session> <kind> [<payload>]
 *	test-store undo <dir> <session> <seq>...
 *	test-store events <dir> <session>	all events, then those left after undo
 *	test-store kill <dir> <rounds> <seed>	writers that are killed; says what became of what they had printed
 */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/error.h"
#include "base/strmap.h"
#include "store/store.h"

#define STATUS_ERROR 128
#define NOW 1700000000
#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static int add_sample(struct store *store, int64_t session, struct store_sample *sample)
{
	if (store_begin(store))
		return -1;
	if (store_sample_add(store, sample) ||
	    (session && store_event_add(store, session, "sample", NOW, NULL, NULL))) {
		store_rollback(store);
		return -1;
	}
	return store_commit(store);
}

/* Says each sample on `fd` once it is stored. */
static int write_samples(const char *dir, int64_t session, const char *boot_id, int nr, int fd)
{
	struct store_boot boot = STORE_BOOT_INIT;
	struct store *store;
	int result;

	if (store_open(&store, dir, 0))
		return -1;
	boot.commit = COMMIT;
	boot.context = "c0ffee";
	boot.machine = "local";
	boot.benchmark = "suite/name";
	boot.boot_id = boot_id;
	boot.session = session;
	boot.started = NOW;
	result = store_boot_begin(store, &boot);
	for (int run = 1; !result && run <= nr; run++) {
		struct store_sample sample = { .boot = boot.id,
					       .run = run,
					       .resultclass = "rate",
					       .value = run / 8.0,
					       .unit = "1/s",
					       .better = "higher",
					       .seconds = -1 };

		result = add_sample(store, session, &sample);
		if (!result)
			dprintf(fd, "%s.%d %g\n", boot_id, run, sample.value);
	}
	boot.class = STORE_MEASURED;
	if (!result)
		result = store_boot_end(store, &boot);
	store_close(store);
	return result;
}

static int print_sample(const struct store_sample *sample, const struct store_boot *boot, void *data UNUSED)
{
	printf("%s.%d %g\n", boot->boot_id, sample->run, sample->value);
	return 0;
}

static int print_samples(const char *dir)
{
	const struct store_query all = { .commit = NULL };
	struct store *store;
	int result;

	if (store_open(&store, dir, STORE_READ_ONLY))
		return -1;
	result = store_samples(store, &all, print_sample, NULL);
	store_close(store);
	return result;
}

static int run_lock(struct store *store, int64_t session)
{
	struct store_lock lock;
	char byte;

	if (store_session_lock(store, session, NOW, &lock))
		return -1;
	puts("locked");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	store_unlock(&lock);
	return 0;
}

static int print_event(const struct store_event *event, void *data UNUSED)
{
	printf("%" PRId64 " %s %s\n", event->seq, event->kind, event->payload);
	return 0;
}

static int print_events(struct store *store, int64_t session)
{
	if (store_events_read(store, session, print_event, NULL))
		return -1;
	puts("effective");
	return store_events_effective(store, session, print_event, NULL);
}

static int undo(struct store *store, int64_t session, int argc, char **argv)
{
	int64_t seqs[64];
	size_t nr = 0;

	for (; nr < ARRAY_SIZE(seqs) && nr < (size_t)argc; nr++)
		seqs[nr] = atoll(argv[nr]);
	return store_event_undo(store, session, NOW, seqs, nr, NULL);
}

/* What the killing keeps count of. */
struct killing {
	const char *dir;
	int64_t session;
	/* Everything that was printed, and the times that it was found. */
	struct strmap printed;
	unsigned *found;
	size_t doubled;
	size_t stored;
	unsigned short seed[3];
};

static void pause_for(long microseconds)
{
	const struct timespec time = { .tv_nsec = microseconds * 1000 };

	nanosleep(&time, NULL);
}

/* Takes what the writer prints, at most `lines`; all when negative. */
static void take_lines(struct killing *k, FILE *from, long lines)
{
	char line[128];

	while (lines-- != 0 && fgets(line, sizeof(line), from))
		strmap_intern(&k->printed, line, strcspn(line, "\n"));
}

/* Half of the writers die some time after they began, half after so many samples and a bit. */
static int kill_one(struct killing *k, int round)
{
	char boot_id[32];
	int fds[2];
	FILE *from;
	pid_t pid;

	snprintf(boot_id, sizeof(boot_id), "round-%d", round);
	if (pipe(fds))
		return error_set("cannot make a pipe: %s", strerror(errno));
	pid = fork();
	if (!pid) {
		close(fds[0]);
		if (write_samples(k->dir, k->session, boot_id, 100000, fds[1]))
			dprintf(STDERR_FILENO, "error: %s\n", error_message());
		_exit(1);
	}
	close(fds[1]);
	from = fdopen(fds[0], "r");
	if (round & 1)
		take_lines(k, from, nrand48(k->seed) % 12);
	pause_for(nrand48(k->seed) % (round & 1 ? 8000 : 20000));
	kill(pid, SIGKILL);
	take_lines(k, from, -1);
	fclose(from);
	waitpid(pid, NULL, 0);
	return 0;
}

static int find_sample(const struct store_sample *sample, const struct store_boot *boot, void *data)
{
	struct killing *k = data;
	char *text = xstrfmt("%s.%d %g", boot->boot_id, sample->run, sample->value);
	ssize_t at = strmap_get(&k->printed, text);

	k->stored++;
	if (at >= 0 && k->found[at]++)
		k->doubled++;
	free(text);
	return 0;
}

static int count_event(const struct store_event *event UNUSED, void *data)
{
	++*(size_t *)data;
	return 0;
}

/* Opens as the next run would, and compares. */
static int compare(struct killing *k)
{
	const struct store_query all = { .commit = NULL };
	size_t lost = 0, events = 0;
	struct store *store;
	int result;

	if (store_open(&store, k->dir, 0))
		return -1;
	free(k->found);
	k->found = xcalloc(k->printed.nr, sizeof(*k->found));
	k->stored = 0;
	result = store_samples(store, &all, find_sample, k);
	if (!result)
		result = store_events_read(store, k->session, count_event, &events);
	store_close(store);
	for (size_t i = 0; i < k->printed.nr; i++)
		lost += !k->found[i];
	if (!result && (lost || k->doubled || events != k->stored))
		return error_set("of %zu printed %zu are lost and %zu doubled; %zu samples have %zu events",
				 k->printed.nr, lost, k->doubled, k->stored, events);
	return result;
}

static int run_kills(struct store *store, const char *dir, int rounds, unsigned short seed)
{
	struct killing k = { .dir = dir, .printed = STRMAP_INIT, .seed = { seed, 1, 2 } };
	int result = store_session_start(store, "/w", "perfbisect", "", "", NOW, &k.session);

	for (int round = 1; !result && round <= rounds; round++) {
		result = kill_one(&k, round);
		if (!result)
			result = compare(&k);
	}
	if (!result)
		printf("rounds %d, lost 0, doubled 0\n", rounds);
	/* How many there are is chance; that there are is not. */
	if (!result && k.printed.nr < (size_t)rounds)
		result = error_set("only %zu samples in %d rounds", k.printed.nr, rounds);
	free(k.found);
	strmap_release(&k.printed);
	return result;
}

static int run_session(struct store *store, int argc, char **argv)
{
	int64_t session = atoll(argv[3]), id = 0;

	if (!strcmp(argv[1], "start")) {
		if (store_session_start(store, argv[3], "perfbisect", "", "", NOW, &id))
			return -1;
		printf("%" PRId64 "\n", id);
		return 0;
	}
	if (!strcmp(argv[1], "lock"))
		return run_lock(store, session);
	if (!strcmp(argv[1], "events"))
		return print_events(store, session);
	if (!strcmp(argv[1], "undo"))
		return undo(store, session, argc - 4, argv + 4);
	if (!strcmp(argv[1], "event") && argc > 4)
		return store_event_add(store, session, argv[4], NOW, argc > 5 ? argv[5] : NULL, NULL);
	if (!strcmp(argv[1], "kill") && argc > 4)
		return run_kills(store, argv[2], atoi(argv[3]), (unsigned short)atoi(argv[4]));
	return error_set("no such subcommand: %s", argv[1]);
}

static int run(int argc, char **argv)
{
	struct store *store;
	int result;

	if (!strcmp(argv[1], "samples"))
		return print_samples(argv[2]);
	if (!strcmp(argv[1], "write") && argc > 4)
		return write_samples(argv[2], 0, argv[3], atoi(argv[4]), STDOUT_FILENO);
	if (argc < 4)
		return error_set("too few arguments");
	if (store_open(&store, argv[2], 0))
		return -1;
	result = run_session(store, argc, argv);
	store_close(store);
	return result;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: test-store <subcommand> <dir> ...\n", stderr);
		return 129;
	}
	/* So that a file that may grow no further is an error, as on a full disk. */
	signal(SIGXFSZ, SIG_IGN);
	if (run(argc, argv)) {
		fprintf(stderr, "error: %s\n", error_message());
		return STATUS_ERROR;
	}
	return 0;
}
