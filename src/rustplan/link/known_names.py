"""Functions and types that come with a language or an operating system, so that calling them counts as outside the tree, not as unknown."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _prefixes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_LIBC = _words(
    """
    malloc calloc realloc reallocarray free aligned_alloc posix_memalign memalign valloc alloca strdup strndup asprintf vasprintf
    memcpy memmove memset memcmp memchr memrchr memmem mempcpy bcopy bzero bcmp explicit_bzero memset_s
    strcpy strncpy strlcpy strcat strncat strlcat strcmp strncmp strcasecmp strncasecmp stricmp strnicmp strcoll strxfrm strlen strnlen strchr strrchr
    strchrnul strstr strcasestr strspn strcspn strpbrk strtok strtok_r strsep strerror strerror_r strsignal stpcpy stpncpy index rindex
    wcscpy wcsncpy wcscat wcslen wcscmp wcsncmp wcschr wcsrchr wcsstr wcstombs mbstowcs mbrtowc wcrtomb mbtowc wctomb towlower towupper wmemcpy wcsdup
    printf fprintf sprintf snprintf vprintf vfprintf vsprintf vsnprintf dprintf vdprintf scanf fscanf sscanf vscanf vfscanf vsscanf wprintf swprintf
    puts fputs fputc putc putchar gets fgets fgetc getc getchar ungetc getline getdelim perror fopen fdopen freopen fclose fflush fread fwrite fseek
    fseeko ftell ftello rewind fgetpos fsetpos feof ferror clearerr fileno setbuf setvbuf setlinebuf tmpfile tmpnam mkstemp mkdtemp mktemp remove rename popen pclose
    flockfile funlockfile getc_unlocked putc_unlocked
    atoi atol atoll atof strtol strtoul strtoll strtoull strtod strtof strtold strtoimax strtoumax abs labs llabs div ldiv qsort qsort_r bsearch lfind
    rand srand rand_r random srandom drand48 lrand48 arc4random arc4random_buf arc4random_uniform getrandom getentropy
    abort exit _exit _Exit atexit quick_exit at_quick_exit on_exit system getenv secure_getenv setenv unsetenv putenv clearenv assert __assert_fail
    isalpha isdigit isalnum isspace isupper islower isxdigit ispunct isprint isgraph iscntrl isblank isascii toupper tolower toascii iswalpha iswspace
    setjmp longjmp sigsetjmp siglongjmp _setjmp _longjmp va_start va_end va_arg va_copy offsetof
    sin cos tan asin acos atan atan2 sinh cosh tanh exp exp2 expm1 log log2 log10 log1p pow sqrt cbrt hypot floor ceil round lround llround trunc rint nearbyint
    fmod fabs fabsf floorf ceilf sqrtf powf sinf cosf fmin fmax frexp ldexp modf isnan isinf isfinite signbit copysign lgamma tgamma erf erfc fma scalbn
    time clock difftime mktime gmtime gmtime_r localtime localtime_r asctime asctime_r ctime ctime_r strftime strptime timegm gettimeofday settimeofday
    clock_gettime clock_getres clock_settime nanosleep clock_nanosleep usleep sleep alarm ualarm setitimer getitimer timer_create timer_settime timer_delete tzset
    open openat creat close read write pread pwrite readv writev lseek dup dup2 dup3 pipe pipe2 fcntl ioctl fsync fdatasync ftruncate truncate sync sendfile splice
    stat fstat lstat fstatat statvfs fstatvfs access faccessat chmod fchmod chown fchown lchown umask link symlink readlink unlink unlinkat mkdir mkdirat rmdir
    chdir fchdir getcwd opendir fdopendir readdir readdir_r closedir rewinddir telldir seekdir scandir alphasort realpath basename dirname utime utimes futimens utimensat mknod mkfifo
    glob globfree fnmatch wordexp ftw nftw flock lockf posix_fadvise posix_fallocate fallocate isatty ttyname tcgetattr tcsetattr cfsetspeed cfmakeraw
    fork vfork execl execlp execle execv execvp execve execvpe fexecve posix_spawn posix_spawnp wait waitpid waitid wait3 wait4 kill killpg raise getpid getppid getpgid setpgid setsid
    getpgrp getsid getuid geteuid getgid getegid setuid seteuid setgid setegid setreuid setresuid getgroups setgroups initgroups getpwnam getpwuid getpwnam_r getpwuid_r getgrnam getgrgid
    getlogin getlogin_r gethostname sethostname uname sysconf pathconf fpathconf confstr getpagesize getrlimit setrlimit getrusage getpriority setpriority nice prctl ptrace chroot mount umount daemon
    signal sigaction sigemptyset sigfillset sigaddset sigdelset sigismember sigprocmask sigpending sigsuspend sigwait sigaltstack sigqueue pthread_sigmask
    mmap munmap mprotect msync madvise mlock munlock mlockall mremap shmget shmat shmdt shmctl shm_open shm_unlink semget semop semctl sem_open sem_init sem_wait sem_post sem_trywait sem_destroy sem_close
    msgget msgsnd msgrcv brk sbrk syscall
    socket socketpair bind listen accept accept4 connect shutdown send sendto sendmsg recv recvfrom recvmsg getsockname getpeername getsockopt setsockopt
    select pselect poll ppoll epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait kqueue kevent eventfd timerfd_create timerfd_settime signalfd inotify_init inotify_add_watch
    getaddrinfo freeaddrinfo gai_strerror getnameinfo gethostbyname gethostbyname_r gethostbyaddr getservbyname getservbyport getprotobyname getifaddrs freeifaddrs if_nametoindex if_indextoname
    inet_addr inet_aton inet_ntoa inet_pton inet_ntop htons htonl ntohs ntohl htobe16 htobe32 htobe64 be16toh be32toh be64toh
    pthread_create pthread_join pthread_detach pthread_exit pthread_self pthread_equal pthread_cancel pthread_kill pthread_once pthread_atfork
    pthread_attr_init pthread_attr_destroy pthread_attr_setdetachstate pthread_attr_setstacksize pthread_setname_np pthread_setaffinity_np pthread_getspecific pthread_setspecific pthread_key_create pthread_key_delete
    pthread_mutex_init pthread_mutex_destroy pthread_mutex_lock pthread_mutex_trylock pthread_mutex_unlock pthread_mutexattr_init pthread_mutexattr_settype pthread_mutexattr_destroy
    pthread_cond_init pthread_cond_destroy pthread_cond_wait pthread_cond_timedwait pthread_cond_signal pthread_cond_broadcast pthread_rwlock_init pthread_rwlock_rdlock pthread_rwlock_wrlock pthread_rwlock_unlock pthread_rwlock_destroy
    sched_yield sched_setscheduler sched_setaffinity sched_getaffinity mtx_lock mtx_unlock thrd_create thrd_join call_once
    dlopen dlsym dlclose dlerror dladdr openlog syslog vsyslog closelog err errx warn warnx verr verrx getopt getopt_long optarg regcomp regexec regfree regerror
    setlocale localeconv nl_langinfo iconv iconv_open iconv_close gettext dgettext dcgettext ngettext bindtextdomain textdomain backtrace backtrace_symbols
    FD_SET FD_CLR FD_ISSET FD_ZERO WIFEXITED WEXITSTATUS WIFSIGNALED WTERMSIG S_ISDIR S_ISREG S_ISLNK CMSG_DATA CMSG_FIRSTHDR CMSG_NXTHDR
    atomic_load atomic_store atomic_exchange atomic_fetch_add atomic_fetch_sub atomic_compare_exchange_strong atomic_compare_exchange_weak atomic_init atomic_thread_fence atomic_flag_test_and_set
    static_assert _Static_assert alignof _Alignof typeof decltype sizeof defined
    CloseHandle CreateFile CreateFileA CreateFileW ReadFile WriteFile GetLastError SetLastError FormatMessage FormatMessageA FormatMessageW GetProcAddress LoadLibrary LoadLibraryA LoadLibraryW
    FreeLibrary GetModuleHandle GetModuleHandleA GetModuleHandleW GetModuleFileName CreateThread WaitForSingleObject WaitForMultipleObjects CreateEvent SetEvent ResetEvent CreateMutex ReleaseMutex CreateProcess
    InitializeCriticalSection EnterCriticalSection LeaveCriticalSection DeleteCriticalSection Sleep SleepEx GetTickCount GetTickCount64 QueryPerformanceCounter QueryPerformanceFrequency GetSystemTime GetSystemTimeAsFileTime
    MultiByteToWideChar WideCharToMultiByte HeapAlloc HeapFree VirtualAlloc VirtualFree LocalAlloc LocalFree GlobalAlloc GlobalFree GetStdHandle GetConsoleMode SetConsoleMode TEXT
    WSAStartup WSACleanup WSAGetLastError WSASetLastError WSAIoctl WSASocket WSACreateEvent WSACloseEvent WSAEventSelect WSAEnumNetworkEvents closesocket ioctlsocket
    _open _close _read _write _lseek _fileno _isatty _setmode _stat _fstat _strdup _stricmp _strnicmp _snprintf _vsnprintf _beginthreadex _endthreadex _mkdir _getcwd
    """
)

_PREFIXES = _prefixes(
    """
    static_cast dynamic_cast reinterpret_cast const_cast ASSERT_ EXPECT_
    __builtin_ __sync_ __atomic_ _mm_ _mm256_ _mm512_ vld1 vst1 vaddq vmulq Interlocked
    SSL_ EVP_ BIO_ X509_ RSA_ DSA_ ERR_ PEM_ ASN1_ BN_ EC_KEY_ ENGINE_ OPENSSL_ CRYPTO_ HMAC_ sk_ gnutls_ mbedtls_ wolfSSL_ PK11_ CERT_ NSS_
    nghttp2_ nghttp3_ ngtcp2_ quiche_ ares_ ldap_ ber_ gss_ krb5_ libssh2_ ssh_ inflate deflate BZ2_ lzma_ ZSTD_ LZ4_ Brotli jpeg_ TIFF
    sqlite3_ mysql_ xmlNew xmlFree gtk_ gdk_ json_ uv_ event_ evbuffer_ PyObject_ PyErr_ PyList_ PyDict_ Py_ lua_ luaL_ png_ FT_ hb_ cairo_ apr_ glfw SDL_
    """
)

STD_MEMBERS = _words(
    """
    append assign at back back_inserter begin bind c_str capacity cbegin cend clear close compare compare_exchange_strong compare_exchange_weak copy count
    crbegin data emplace emplace_back emplace_front empty end equal_range erase exchange fail fetch_add fetch_sub fill find find_first_not_of find_first_of
    find_last_not_of find_last_of first flush front get getline good has_value insert is_open join joinable key key_comp length load lock lower_bound
    max_size merge move notify_all notify_one open pop pop_back pop_front push push_back push_front rbegin rdbuf read release rend replace reserve
    reset resize rfind second seekg setf shrink_to_fit size sort splice store str substr swap tellg test top try_lock unlock upper_bound use_count value
    value_or wait wait_for what width write
    """
)
"""Members of the C++ library's classes: a call of one on a receiver of unknown type says nothing about this tree."""

JAVA_LANG = _words(
    """
    Object String StringBuilder StringBuffer CharSequence Comparable Iterable Runnable Thread ThreadLocal ThreadGroup Throwable Exception RuntimeException Error Class
    ClassLoader Enum Record Number Integer Long Short Byte Character Boolean Double Float Void Math StrictMath System Runtime Process ProcessBuilder ProcessHandle Package
    Module ModuleLayer Override Deprecated SuppressWarnings FunctionalInterface SafeVarargs AutoCloseable Cloneable Appendable Readable InheritableThreadLocal StackTraceElement
    StackWalker SecurityManager ArithmeticException ArrayIndexOutOfBoundsException ArrayStoreException ClassCastException ClassNotFoundException CloneNotSupportedException
    IllegalAccessException IllegalArgumentException IllegalMonitorStateException IllegalStateException IndexOutOfBoundsException InstantiationException InterruptedException
    NegativeArraySizeException NoSuchFieldException NoSuchMethodException NullPointerException NumberFormatException ReflectiveOperationException SecurityException
    StringIndexOutOfBoundsException UnsupportedOperationException AssertionError LinkageError NoClassDefFoundError NoSuchMethodError NoSuchFieldError OutOfMemoryError
    StackOverflowError UnsatisfiedLinkError VirtualMachineError ExceptionInInitializerError InternalError AbstractMethodError IncompatibleClassChangeError
    """
)
"""Types every Java file sees without an import."""

JAVA_COMMON_METHODS = _words(
    """
    accept acquire add addAll addFirst addLast allocate allocateDirect and andThen append apply applyAsInt array arraycopy asList await between booleanValue byteValue call cancel capacity cast
    charAt checkIndex clear clone close collect compare compareAndSet compareTo compareToIgnoreCase complete compute computeIfAbsent contains containsKey containsValue copy copyOf copyOfRange
    countDown create currentThread currentTimeMillis decrementAndGet delete deleteCharAt desiredAssertionStatus doubleValue element emptyList emptyMap emptySet endsWith ensureCapacity entrySet enumConstants
    equals equalsIgnoreCase execute exists exit fill filter findFirst first firstKey flatMap flip floatValue flush forEach format forName get getAndAdd getAndIncrement getAndSet getBytes getCause
    getClass getClassLoader getDeclaredField getDeclaredMethod getField getId getInstance getKey getLength getMessage getMethod getName getOrDefault getParent getPort getProperty getSimpleName
    getStackTrace getType getValue group hasArray hasMoreElements hasMoreTokens hashCode hasNext hasRemaining identity incrementAndGet indexOf info init initCause insert interrupt intern intValue invoke
    isAlive isArray isAssignableFrom isDirectory isDone isEmpty isEnabled isInstance isInterface isInterrupted isPresent isPrimitive iterator join keySet last lastIndexOf length limit list
    listIterator load loadClass lock log longValue map mark match matches max merge min mkdirs name nanoTime newInstance next nextElement nextInt nextLong nextToken notify notifyAll now of offer open or ordinal
    orElse orElseGet parse parseInt parseLong peek poll pop position print printf println printStackTrace process push put putAll putIfAbsent rangeCheck read readLine readObject ready reduce register release
    remove removeAll removeFirst removeIf removeLast replace replaceAll reset resolve retainAll reverse rewind run schedule set setAccessible setLength setValue shutdown signal size skip sleep slice sort
    split start startsWith stop stream submit subList submit substring sum supply swap synchronizedList take test then toArray toByteArray toChars toHexString toList toLowerCase toString toUpperCase
    trim tryLock type uncaughtException unlock update valueOf values wait wrap write writeObject yield debug error warn trace isDebugEnabled isTraceEnabled isInfoEnabled info warning fine severe
    assertEquals assertTrue assertFalse assertNull assertNotNull assertSame assertThat assertThrows assertArrayEquals fail when verify mock thenReturn any
    """
)
"""Method names of the JDK and of common test and logging libraries: alone, without the receiver's type, they say nothing about this tree."""

_JAVA_OUTSIDE = (
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "com.sun.",
    "org.w3c.dom",
    "org.xml.sax",
    "org.ietf.jgss",
    "org.omg.",
    "jakarta.",
)
"""Packages of the JDK and of Jakarta EE."""


def is_known_function(name: str) -> bool:
    """Tell whether a C or C++ function comes from libc, POSIX, Win32, the compiler or a common library."""
    return name in _LIBC or name.startswith(_PREFIXES)


def is_jdk(name: str) -> bool:
    """Tell whether a qualified Java name belongs to the platform."""
    return name.startswith(_JAVA_OUTSIDE)
