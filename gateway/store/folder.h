/* folder.h - folders of files that must last. */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

/* Of a file's path: makes its folder (not those above), mode 0700, where it is missing.  0 or -errno. */
int folder_make(const char *path);
/* Syncs the folder's entries to the disk.  0 or -errno. */
int folder_sync(const char *path);

#endif
