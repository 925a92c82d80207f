/* SPDX-License-Identifier: MIT */

/*
 * What Go's runtime and net package ask of Windows and Wine 8 does not have. It is called
 * bcryptprimitives.dll, which Go loads from the system's folder before anything else. For tests under
 * Wine only: Windows has all of this.
 */
#include <stdint.h>
#include <string.h>
#include <winsock2.h>

#include <ntsecapi.h>
#include <windows.h>

/* Random bytes. RtlGenRandom gives the same, in smaller parts. */
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) {
    while (size > 0) {
        ULONG part = size < 0x10000 ? (ULONG)size : 0x10000;
        if (!RtlGenRandom(data, part)) {
            return FALSE;
        }
        data += part;
        size -= part;
    }
    return TRUE;
}

/* Go turns off on each UDP socket that a message about an unreachable network ends a receive. Wine knows no such
 * messages, and refuses the option; then Go closes the socket. */
#define NO_NETWORK_RESET 0x9800000Fu

typedef int(WSAAPI *ioctl)(SOCKET, DWORD, LPVOID, DWORD, LPVOID, DWORD, LPDWORD, LPWSAOVERLAPPED,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE);
static ioctl wine_ioctl;

static int WSAAPI our_ioctl(SOCKET socket, DWORD code, LPVOID in, DWORD in_size, LPVOID out, DWORD out_size,
                            LPDWORD returned, LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE done) {
    if (code == NO_NETWORK_RESET) {
        if (returned != NULL) {
            *returned = 0;
        }
        return 0;
    }
    return wine_ioctl(socket, code, in, in_size, out, out_size, returned, overlapped, done);
}

/* A jump to our function within the 4 GB behind the module, which its export table can name. */
static DWORD jump_behind(uint8_t *module) {
    static const uint8_t jump[] = {0xFF, 0x25, 0, 0, 0, 0}; /* jmp *0(%rip), and the address behind it */
    uint64_t target = (uint64_t)our_ioctl;
    for (uint64_t distance = 1u << 20; distance < UINT32_MAX; distance += 1u << 20) {
        uint8_t *page = VirtualAlloc(module + distance, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
        if (page != NULL) {
            memcpy(page, jump, sizeof jump);
            memcpy(page + sizeof jump, &target, sizeof target);
            return (DWORD)(page - module);
        }
    }
    return 0;
}

/* Whoever asks for WSAIoctl from now on gets ours. */
static BOOL replace_ioctl(void) {
    uint8_t *module = (uint8_t *)LoadLibraryA("ws2_32.dll");
    if (module == NULL) {
        return FALSE;
    }
    wine_ioctl = (ioctl)(void *)GetProcAddress((HMODULE)module, "WSAIoctl");
    const IMAGE_NT_HEADERS *headers = (IMAGE_NT_HEADERS *)(module + ((IMAGE_DOS_HEADER *)module)->e_lfanew);
    const IMAGE_EXPORT_DIRECTORY *exports =
        (IMAGE_EXPORT_DIRECTORY *)(module +
                                   headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT].VirtualAddress);
    DWORD *functions = (DWORD *)(module + exports->AddressOfFunctions);
    for (DWORD at = 0; at < exports->NumberOfFunctions; at++) {
        DWORD protection = 0;
        if (module + functions[at] == (uint8_t *)(void *)wine_ioctl) {
            DWORD address = jump_behind(module);
            if (address == 0 || !VirtualProtect(&functions[at], sizeof(DWORD), PAGE_READWRITE, &protection)) {
                return FALSE;
            }
            functions[at] = address;
            return TRUE;
        }
    }
    return FALSE;
}

BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, LPVOID reserved) {
    (void)self, (void)reserved;
    return reason != DLL_PROCESS_ATTACH || replace_ioctl();
}
