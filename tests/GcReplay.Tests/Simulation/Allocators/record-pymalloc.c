/* Records what CPython's pymalloc does with a sequence of requests: the source of pymalloc-3.9.txt.
 *
 *   gcc -O1 -o record-pymalloc record-pymalloc.c $(python3.9-config --includes --ldflags --embed)
 *   ./record-pymalloc < requests >> pymalloc-3.9.txt
 *   ./record-pymalloc debug < requests >> pymalloc-debug-3.9.txt
 *
 * The interpreter is never initialized: the allocator is as the process starts with it. Arenas are handed out by this program:
 * slot k, the lowest free one, lies k + 1 arenas below a fixed address. A place in an arena is SLOT:OFFSET, "raw" is outside.
 * Request: "a BYTES" allocates and fills every word, "f INDEX" frees the allocation of that index, counted from 0; "A COUNT BYTES"
 * and "F FROM TO STEP" do so many times and answer only at the end; "p INDEX" asks for the header of that allocation's pool.
 * Answer, numbers in hexadecimal but for the request's own:
 *   "a BYTES PLACE", "A COUNT BYTES PLACE HASH" with the last place and a hash (FNV-1a) of all;
 *   "f INDEX ARENAS CHANGED": arenas mapped after it, and which words of the cell changed ("none"; "gone" when its arena is
 *   unmapped, "raw" outside); "F FROM TO STEP ARENAS HASH" with a hash of the numbers of arenas after each;
 *   "p INDEX COUNT FREEBLOCK NEXTPOOL PREVPOOL ARENAINDEX SZIDX NEXTOFFSET MAXNEXTOFFSET".
 * With the debug hooks "a" also shows the two words in front, the first and the last word of the fresh cell, the word behind it,
 * and "f" in place of what changed all words from two in front to one behind, equal ones as WORD*COUNT in decimal; arenas stay mapped then. */
#include <Python.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SLOTS 4096
#define TOP 0x680000000000ul

static size_t arena_bytes;
static char in_use[SLOTS];
static int mapped, is_debug;
static char requests[1 << 22];
static unsigned long *cells[400000];
static unsigned long words[400000];
static int count;

static char *base(int slot) { return (char *)TOP - (slot + 1) * arena_bytes; }

static void *arena_alloc(void *context, size_t bytes)
{
    int slot = 0;
    (void)context;
    arena_bytes = bytes;
    while (in_use[slot])
        slot++;
    in_use[slot] = 1;
    mapped++;
    return mmap(base(slot), bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static void arena_free(void *context, void *start, size_t bytes)
{
    (void)context;
    in_use[((char *)TOP - (char *)start) / arena_bytes - 1] = 0;
    mapped--;
    munmap(start, bytes);
}

static int slot_of(const void *at)
{
    unsigned long below = TOP - 1 - (unsigned long)at;
    unsigned long slot;
    if (arena_bytes == 0)
        return -1;
    slot = below / arena_bytes;
    return slot < SLOTS && in_use[slot] ? (int)slot : -1;
}

static const char *place(const void *at)
{
    static char text[8][40];
    static int next;
    char *to = text[next++ % 8];
    int slot = slot_of(at);
    if (at == NULL)
        return "0";
    if (slot < 0)
        return "raw";
    sprintf(to, "%x:%lx", slot, (unsigned long)((char *)at - base(slot)));
    return to;
}

static unsigned long hash_text(unsigned long hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3ul;
    return (hash ^ ' ') * 0x100000001b3ul;
}

static void allocate(unsigned long bytes)
{
    unsigned long *cell = PyObject_Malloc(bytes);
    unsigned long n = bytes == 0 ? 1 : (bytes + 7) / 8;
    if (is_debug)
        printf("a %lu %s %lx %lx %lx %lx %lx\n", bytes, place(cell), cell[-2], cell[-1], cell[0], cell[n - 1], cell[n]);
    for (unsigned long i = 0; i < n; i++)
        cell[i] = 0xF111000000000000 + i * 8;
    cells[count] = cell;
    words[count++] = n;
}

static void show_changed(unsigned long index)
{
    unsigned long *cell = cells[index];
    char separator = ' ';
    if (slot_of(cell) < 0) {
        printf(" gone\n");
        return;
    }
    for (unsigned long i = 0; i < words[index]; i++) {
        if (cell[i] != 0xF111000000000000 + i * 8) {
            printf("%c%lx", separator, i);
            separator = ',';
        }
    }
    printf(separator == ' ' ? " none\n" : "\n");
}

static void show_dead(unsigned long index)
{
    long end = words[index] + 1;
    for (long i = -2, next; i < end; i = next) {
        unsigned long word = cells[index][i];
        for (next = i + 1; next < end && cells[index][next] == word; next++)
            ;
        if (slot_of((void *)word) >= 0)
            printf(" %s", place((void *)word));
        else
            printf(" %lx", word);
        if (next - i > 1)
            printf("*%ld", next - i);
    }
    printf("\n");
}

static void show_pool(unsigned long index)
{
    unsigned long pool_bytes = arena_bytes == 256 << 10 ? 4096 : 16384;
    char *pool = (char *)((unsigned long)cells[index] & ~(pool_bytes - 1));
    void **links = (void **)pool;
    unsigned *numbers = (unsigned *)pool;
    printf("p %lu %x %s %s %s %x %x %x %x\n", index, numbers[0], place(links[1]), place(links[2]), place(links[3]), numbers[8],
           numbers[9], numbers[10], numbers[11]);
}

int main(int argc, char **argv)
{
    PyObjectArenaAllocator arenas = {NULL, arena_alloc, arena_free};
    (void)argv;
    is_debug = argc > 1;
    PyObject_SetArenaAllocator(&arenas);
    if (is_debug)
        PyMem_SetupDebugHooks();
    fread(requests, 1, sizeof requests - 1, stdin);
    for (char *request = requests; *request; request = strchr(request, '\n') + 1) {
        char *rest;
        unsigned long a = strtoul(request + 1, &rest, 10), b = strtoul(rest, &rest, 10), c = strtoul(rest, &rest, 10);
        unsigned long hash = 0xcbf29ce484222325ul;
        switch (*request) {
        case 'a':
            allocate(a);
            if (!is_debug)
                printf("a %lu %s\n", a, place(cells[count - 1]));
            break;
        case 'A':
            for (unsigned long i = 0; i < a; i++) {
                allocate(b);
                hash = hash_text(hash, place(cells[count - 1]));
            }
            printf("A %lu %lu %s %lx\n", a, b, place(cells[count - 1]), hash);
            break;
        case 'f': {
            int is_raw = slot_of(cells[a]) < 0;
            PyObject_Free(cells[a]);
            printf("f %lu %x", a, mapped);
            if (is_raw)
                printf(" raw\n");
            else if (is_debug)
                show_dead(a);
            else
                show_changed(a);
            break;
        }
        case 'F':
            for (unsigned long i = a; i < b; i += c) {
                char text[20];
                PyObject_Free(cells[i]);
                sprintf(text, "%x", mapped);
                hash = hash_text(hash, text);
            }
            printf("F %lu %lu %lu %x %lx\n", a, b, c, mapped, hash);
            break;
        default:
            show_pool(a);
            break;
        }
    }
    return 0;
}
