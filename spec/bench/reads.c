/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How fast memory is read, next to doing it by hand on the same file: a load
 * from the mapping, lseek(2) and read(2), memcpy(3).
 * argv: kernel, core, address and length (bytes) of a region of kernel memory.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kvm.h"

#include "bench.h"

#define	PAGE		4096
#define	CHUNK		(64 * 1024)
#define	NRANDOM		(1 << 18)

struct place {
	kvaddr_t	 va;
	off_t		 offset;
};

static kvm_t *kd;
static const uint8_t *map;
static int fd;

static void
map_core(const char *path)
{
	struct stat st;

	fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st) != 0)
		err(1, "%s", path);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		err(1, "mmap");
}

static off_t
offset_of(kvaddr_t va)
{
	struct kvm_page page;

	if (kvm_translate(kd, va, &page) != 0 || page.kp_offset < 0)
		errx(1, "0x%jx: %s", (uintmax_t)va, kvm_geterr(kd));
	return (page.kp_offset);
}

static void
bench_hot(kvaddr_t base)
{
	const volatile uint64_t *p;
	uint64_t sum = 0, value;
	double ns;

	p = (const volatile uint64_t *)(map + offset_of(base));
	BENCH(ns, 50000000, sum += *p);
	bench_print("hot_load_ns", ns);
	BENCH(ns, 20000000, (void)kvm_read2(kd, base, &value, 8);
	    sum += value);
	bench_print("hot_read_ns", ns);
	if (sum == 1)
		puts("");
}

static struct place *
random_places(kvaddr_t base, uint64_t len)
{
	uint64_t seed = 88172645463325252ull;
	struct place *places;
	int i;

	places = calloc(NRANDOM, sizeof(*places));
	if (places == NULL)
		err(1, NULL);
	for (i = 0; i < NRANDOM; i++) {
		places[i].va = base + (bench_random(&seed) % (len - 8) &
		    ~(uint64_t)7);
		places[i].offset = offset_of(places[i].va);
	}
	return (places);
}

static uint64_t
seek_and_read(off_t offset, size_t n)
{
	static uint8_t page[PAGE];
	uint64_t value;

	offset &= ~(off_t)(n - 1);
	if (lseek(fd, offset, SEEK_SET) != offset ||
	    read(fd, page, n) != (ssize_t)n)
		err(1, "read");
	memcpy(&value, page, sizeof(value));
	return (value);
}

static void
bench_random_reads(kvaddr_t base, uint64_t len)
{
	struct place *places = random_places(base, len);
	uint64_t sum = 0, value;
	size_t i = 0;
	double ns;

#define	NEXT	places[i++ % NRANDOM]
	BENCH(ns, NRANDOM, sum += *(const uint64_t *)(map + NEXT.offset));
	bench_print("random_load_ns", ns);
	BENCH(ns, NRANDOM, (void)kvm_read2(kd, NEXT.va, &value, 8);
	    sum += value);
	bench_print("random_read_ns", ns);
	BENCH(ns, NRANDOM, sum += seek_and_read(NEXT.offset, PAGE));
	bench_print("random_seek_page_ns", ns);
	BENCH(ns, NRANDOM, sum += seek_and_read(NEXT.offset, 8));
	bench_print("random_seek_8_ns", ns);
#undef NEXT
	if (sum == 1)
		puts("");
	free(places);
}

/* Copy the region chunk by chunk; by hand a page at a time where it must. */
static void
bench_bulk(kvaddr_t base, uint64_t len)
{
	static uint8_t buf[CHUNK];
	uint64_t nchunks = len / CHUNK, i, at;
	off_t *offsets;
	double ns;

	if (nchunks > 1024)
		nchunks = 1024;
	offsets = calloc(nchunks * (CHUNK / PAGE), sizeof(*offsets));
	if (offsets == NULL)
		err(1, NULL);
	for (i = 0; i < nchunks * (CHUNK / PAGE); i++)
		offsets[i] = offset_of(base + i * PAGE);
	i = 0;
	BENCH(ns, nchunks * 4,
	    for (at = 0; at < CHUNK; at += PAGE)
		memcpy(buf + at, map + offsets[i % nchunks * (CHUNK / PAGE) +
		    at / PAGE], PAGE);
	    i++);
	bench_print("bulk_memcpy_gbs", CHUNK / ns);
	BENCH(ns, nchunks * 4,
	    (void)kvm_read2(kd, base + i++ % nchunks * CHUNK, buf, CHUNK));
	bench_print("bulk_read_gbs", CHUNK / ns);
	free(offsets);
}

int
main(int argc, char *argv[])
{
	char errbuf[_POSIX2_LINE_MAX];
	kvaddr_t base;
	uint64_t len;

	if (argc != 5)
		errx(2, "usage: reads kernel core address length");
	kd = kvm_open2(argv[1], argv[2], O_RDONLY, errbuf, kvm_elf_resolver);
	if (kd == NULL)
		errx(1, "%s", errbuf);
	map_core(argv[2]);
	base = strtoull(argv[3], NULL, 0);
	len = strtoull(argv[4], NULL, 0);
	bench_hot(base);
	bench_random_reads(base, len);
	bench_bulk(base, len);
	kvm_close(kd);
	return (0);
}
