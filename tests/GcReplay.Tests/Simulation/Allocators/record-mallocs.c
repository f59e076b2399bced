/* Records what glibc's malloc does with a sequence of requests: the source of glibc-2.36.txt.
 *
 *   gcc -O1 -fno-builtin -o record-mallocs record-mallocs.c
 *   GLIBC_TUNABLES=glibc.malloc.tcache_count=0 ./record-mallocs < requests >> glibc-2.36.txt
 *
 * Request: "a BYTES" allocates and fills every word, "f INDEX" frees the allocation of that index, counted from 0.
 * Answer, numbers in hexadecimal: "a BYTES hOFFSET" from the start of the heap, or "a BYTES mSIZE" of a mapped chunk;
 * "f INDEX END CHANGED": the heap's length after it, and which words of the cell changed ("none"; "gone" when the end
 * of the cell is not mapped any more). */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char requests[1 << 22], answers[1 << 23];
static volatile unsigned long *cells[200000];
static unsigned long words[200000];

int main(void)
{
    size_t length = 0;
    ssize_t got;
    int count = 0;
    char *answer = answers;
    char *start;

    while ((got = read(0, requests + length, sizeof requests - 1 - length)) > 0)
        length += got;
    mallopt(M_MXFAST, 0); /* no fastbins; thresholds stay dynamic */
    start = sbrk(0);
    for (char *request = requests; *request; request = strchr(request, '\n') + 1) {
        unsigned long number = strtoul(request + 2, NULL, 10);
        if (*request == 'a') {
            char *cell = malloc(number);
            cells[count] = (volatile unsigned long *)cell;
            words[count] = number == 0 ? 1 : (number + 7) / 8;
            for (unsigned long i = 0; i < words[count]; i++)
                cells[count][i] = 0xF111000000000000 + i * 8;
            count++;
            if (cell >= start && cell < (char *)sbrk(0))
                answer += sprintf(answer, "a %lu h%lx\n", number, (unsigned long)(cell - start));
            else
                answer += sprintf(answer, "a %lu m%lx\n", number, malloc_usable_size(cell) + 16);
        } else {
            volatile unsigned long *cell = cells[number];
            char *end;
            free((void *)cell);
            end = sbrk(0);
            answer += sprintf(answer, "f %lu %lx", number, (unsigned long)(end - start));
            if ((char *)cell < start || (char *)(cell + words[number]) > end) {
                answer += sprintf(answer, " gone\n");
            } else {
                char separator = ' ';
                for (unsigned long i = 0; i < words[number]; i++) {
                    if (cell[i] != 0xF111000000000000 + i * 8) {
                        answer += sprintf(answer, "%c%lx", separator, i);
                        separator = ',';
                    }
                }
                answer += sprintf(answer, separator == ' ' ? " none\n" : "\n");
            }
        }
    }
    fwrite(answers, 1, answer - answers, stdout); /* last: stdio allocates */
    return 0;
}
