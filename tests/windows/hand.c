/* What the tests do on Windows besides keybaton:
   hand.exe hold|read|share FILE, hand.exe serve CODE, hand.exe press 'COMMAND LINE' */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static volatile LONG heard;

static BOOL WINAPI on_ctrl_c(DWORD event) {
    if (event != CTRL_C_EVENT) return FALSE;
    InterlockedExchange(&heard, 1);
    return TRUE;
}

/* A server that finishes its work when Ctrl-C comes, and ends with a code of its own. */
static int serve(int code) {
    SetConsoleCtrlHandler(on_ctrl_c, TRUE);
    puts("serving");
    for (int i = 0; i < 300 && !heard; i++) Sleep(100);
    if (!heard) return 99;
    Sleep(500);
    puts("finished its work");
    return code;
}

/* Keeps a file open until standard input ends; `share` is what others may do with it meanwhile. */
static int hold(const char *path, DWORD share) {
    HANDLE file = CreateFileA(path, GENERIC_READ, share, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return (int)GetLastError();
    puts("held");
    while (getchar() != EOF) {}
    CloseHandle(file);
    return 0;
}

/* Starts a command in a console, and presses Ctrl-C there after two seconds. */
static int press(char *command) {
    STARTUPINFOA start = {.cb = sizeof start};
    PROCESS_INFORMATION started;
    DWORD code = 98;
    SetConsoleCtrlHandler(on_ctrl_c, TRUE);
    if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &start, &started)) return 97;
    Sleep(2000);
    if (!GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0)) return 96;
    WaitForSingleObject(started.hProcess, 20000);
    GetExitCodeProcess(started.hProcess, &code);
    return (int)code;
}

int main(int count, char **words) {
    setvbuf(stdout, NULL, _IONBF, 0);
    if (count == 3 && !strcmp(words[1], "hold")) return hold(words[2], 0);
    if (count == 3 && !strcmp(words[1], "read")) return hold(words[2], FILE_SHARE_READ);
    if (count == 3 && !strcmp(words[1], "share"))
        return hold(words[2], FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE);
    if (count == 3 && !strcmp(words[1], "serve")) return serve(atoi(words[2]));
    if (count == 3 && !strcmp(words[1], "press")) return press(words[2]);
    return 2;
}
