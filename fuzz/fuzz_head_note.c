/* Any bytes as the note of where the newest run of a home stood: refused, or a note that is sound, can be
 * printed and reads back as itself. */
#include <string.h>

#include "base/assert.h"
#include "store/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    head_note_t note = {0};
    head_note_t again = {0};
    char text[HEAD_NOTE_TEXT];
    if (size > 1 << 12 || !head_note_parse((str_t){.p = data, .n = (u32)size}, &note)) {
        return 0;
    }
    ASSERT(note.blocks > 0 && note.blocks <= UINT32_MAX);
    u32 n = head_note_print(&note, text);
    bool read = head_note_parse((str_t){.p = (const u8 *)text, .n = n}, &again);
    ASSERT(read && strcmp(note.run.text, again.run.text) == 0);
    ASSERT(note.seq == again.seq && note.blocks == again.blocks);
    ASSERT(memcmp(note.head.b, again.head.b, sizeof note.head.b) == 0);
    return 0;
}
