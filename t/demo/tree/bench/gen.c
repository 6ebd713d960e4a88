/* Writes a log of the services of a shop: gen <lines>, always the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state = 88172645463325252u;

static unsigned draw(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % below;
}

int main(int argc, char **argv)
{
	static const char *const levels[] = { "debug", "info", "info", "info", "warn", "error" };
	static const char *const services[] = { "cart", "pay", "search", "mail", "stock", "login" };
	unsigned lines = argc > 1 ? (unsigned)atoi(argv[1]) : 1000;

	for (unsigned i = 0; i < lines; i++)
		printf("t=%u level=%s service=%s user=u%05u path=/item/%u status=%u ms=%u text=\"done in %u\"\n",
		       1700000000 + i / 50, levels[draw(6)], services[draw(6)], draw(2000), draw(250),
		       200 + 100 * draw(4), draw(300), draw(40));
	return 0;
}
