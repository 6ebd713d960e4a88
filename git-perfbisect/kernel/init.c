/*
 * /init of the guest: runs its benchmark as often as it is told, says so on
 * the console, and ends. One static program, built by the C compiler that is there.
 *
 * Arguments (what follows "--" on the kernel's command line): names of the
 * benchmarks below, "scale=<percent>" of their usual length, "blocks=<n>" of
 * which the median counts; or "/benchmark" and its arguments, a program of the
 * user's in the initramfs. The environment has perf_runs (an unknown word of
 * the command line with "=" in it becomes a variable).
 *
 * What it says is in lib/bench/machine/console.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BLOCKS_MAX 101

static long blocks = 5, scale = 40;

static void say(const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t n = write(STDOUT_FILENO, text, left);

		if (n <= 0)
			return;
		text += n;
		left -= (size_t)n;
	}
}

/* QEMU does not reboot: it ends. */
static void end(void)
{
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void fail(const char *what)
{
	char line[200];

	snprintf(line, sizeof(line), "error: %s: %s\n", what, strerror(errno));
	say(line);
	_exit(1);
}

static double nanoseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Each benchmark does an operation `n` times and returns nanoseconds; what it sets up is not counted. */

static double time_syscall(long n)
{
	double start = nanoseconds();

	for (long i = 0; i < n; i++)
		syscall(SYS_getppid);
	return nanoseconds() - start;
}

/* A byte through a pipe and out again, without a switch. */
static double time_pipe(long n)
{
	int fds[2];
	char byte = 0;
	double start;

	if (pipe(fds))
		fail("pipe");
	start = nanoseconds();
	for (long i = 0; i < n; i++)
		if (write(fds[1], &byte, 1) != 1 || read(fds[0], &byte, 1) != 1)
			fail("pipe");
	start = nanoseconds() - start;
	close(fds[0]);
	close(fds[1]);
	return start;
}

/* Two processes, two pipes: there and back is two switches. */
static double time_switch(long n)
{
	int there[2], back[2];
	char byte = 0;
	double start;
	pid_t child;

	if (pipe(there) || pipe(back) || (child = fork()) < 0)
		fail("pipe, fork");
	if (!child) {
		while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1)
			if (byte)
				break;
		_exit(0);
	}
	/* The first one is the child's start. */
	if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
		fail("switch");
	start = nanoseconds();
	for (long i = 0; i < n; i++)
		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			fail("switch");
	start = nanoseconds() - start;
	byte = 1;
	if (write(there[1], &byte, 1) != 1)
		fail("switch");
	waitpid(child, NULL, 0);
	for (int i = 0; i < 2; i++) {
		close(there[i]);
		close(back[i]);
	}
	return start;
}

static double time_yield(long n)
{
	pid_t child = fork();
	double start;

	if (child < 0)
		fail("fork");
	if (!child)
		for (;;)
			sched_yield();
	sched_yield();
	start = nanoseconds();
	for (long i = 0; i < n; i++)
		sched_yield();
	start = nanoseconds() - start;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return start;
}

/* Sixteen pages mapped, touched, and given back. */
static double time_mmap(long n)
{
	const size_t page = 4096, len = 16 * page;
	double start = nanoseconds();

	for (long i = 0; i < n; i++) {
		char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED)
			fail("mmap");
		for (size_t offset = 0; offset < len; offset += page)
			*(volatile char *)(at + offset) = 1;
		munmap(at, len);
	}
	return nanoseconds() - start;
}

static double time_file(long n)
{
	double start = nanoseconds();

	for (long i = 0; i < n; i++) {
		int fd = open("/tmp/file", O_CREAT | O_WRONLY | O_EXCL, 0600);

		if (fd < 0 || write(fd, "x", 1) != 1)
			fail("file");
		close(fd);
		unlink("/tmp/file");
	}
	return nanoseconds() - start;
}

static double time_fork(long n)
{
	double start = nanoseconds();

	for (long i = 0; i < n; i++) {
		pid_t child = fork();

		if (child < 0)
			fail("fork");
		if (!child)
			_exit(0);
		waitpid(child, NULL, 0);
	}
	return nanoseconds() - start;
}

static double time_stat(long n)
{
	struct stat st;
	double start = nanoseconds();

	for (long i = 0; i < n; i++)
		if (stat("/proc/self/..", &st))
			fail("stat");
	return nanoseconds() - start;
}

/* The third is how often a block does it at scale=100. */
static const struct benchmark {
	const char *name;
	double (*time)(long n);
	long n;
} benchmarks[] = {
	/* clang-format off */
	{ "syscall", time_syscall, 20000 },
	{ "pipe", time_pipe, 4000 },
	{ "switch", time_switch, 1000 },
	{ "yield", time_yield, 1500 },
	{ "mmap", time_mmap, 100 },
	{ "file", time_file, 600 },
	{ "fork", time_fork, 30 },
	{ "stat", time_stat, 2500 },
	/* clang-format on */
};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const struct benchmark *benchmark)
{
	double values[BLOCKS_MAX] = { 0 };
	char line[200];
	long n = benchmark->n * scale / 100;

	n = n > 0 ? n : 1;
	/* Caches of the kernel's fill in the first ones. */
	benchmark->time(n / 4 + 1);
	for (long i = 0; i < blocks; i++)
		values[i] = benchmark->time(n) / (double)n;
	qsort(values, (size_t)blocks, sizeof(*values), compare);
	snprintf(line, sizeof(line), "metric %s %.2f ns\n", benchmark->name, values[blocks / 2]);
	say(line);
}

static const struct benchmark *find(const char *name)
{
	for (size_t i = 0; i < sizeof(benchmarks) / sizeof(*benchmarks); i++)
		if (!strcmp(benchmarks[i].name, name))
			return &benchmarks[i];
	return NULL;
}

static long number_after(const char *word, const char *name, long least, long most)
{
	size_t len = strlen(name);
	char *end;
	long number;

	if (strncmp(word, name, len) != 0)
		return 0;
	number = strtol(word + len, &end, 10);
	if (end == word + len || *end)
		return 0;
	return number < least ? least : number > most ? most : number;
}

/* All arguments are looked at before the first benchmark begins. */
static void run_benchmarks(char **words)
{
	int named = 0;

	for (char **word = words; *word; word++) {
		long number;

		if ((number = number_after(*word, "scale=", 1, 100000)))
			scale = number;
		else if ((number = number_after(*word, "blocks=", 1, BLOCKS_MAX)))
			blocks = number;
		else if (find(*word))
			named++;
		else {
			errno = ENOENT;
			fail(*word);
		}
	}
	for (size_t i = 0; !named && i < sizeof(benchmarks) / sizeof(*benchmarks); i++)
		measure(&benchmarks[i]);
	for (char **word = words; *word; word++)
		if (find(*word))
			measure(find(*word));
	_exit(0);
}

/* One run, in a process of its own, so that each begins alike. */
static void run(char **words)
{
	double start = nanoseconds();
	struct rusage used = { .ru_nivcsw = 0 };
	char line[200];
	int status = 0;
	pid_t child = fork();

	if (!child) {
		if (*words && **words == '/') {
			execv(*words, words);
			fail(*words);
		}
		run_benchmarks(words);
	}
	if (child < 0 || wait4(child, &status, 0, &used) != child)
		status = 127 << 8;
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	snprintf(line, sizeof(line), "perf-guest: ran %d %.9f %.6f\n", status, (nanoseconds() - start) / 1e9,
		 (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
			 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
	say(line);
}

int main(int argc, char **argv)
{
	const char *given = getenv("perf_runs");
	long runs = given ? strtol(given, NULL, 10) : 1;
	struct utsname name;
	char line[200];

	(void)argc;
	mkdir("/proc", 0755);
	mkdir("/tmp", 0755);
	/* A kernel may be without it. */
	mount("proc", "/proc", "proc", 0, NULL);
	uname(&name);
	/* The kernel may not have ended its line. */
	snprintf(line, sizeof(line), "\nperf-guest: kernel %s\n", name.release);
	say(line);
	for (long i = 0; i < runs; i++) {
		say("perf-guest: run\n");
		run(argv + 1);
	}
	say("perf-guest: done\n");
	end();
}
