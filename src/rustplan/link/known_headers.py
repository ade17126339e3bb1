"""Headers that no repository carries itself: names of the C and C++ standards, POSIX, Linux, BSD, macOS and Win32, and of common libraries."""

from __future__ import annotations

import re

from rustplan.model.code_graph import UnresolvedKind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _prefixes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_C_AND_POSIX = """
aio alloca ar assert complex cpio crypt ctype dirent dlfcn elf endian byteswap err errno error execinfo fcntl features fenv float fmtmsg fnmatch
fpu_control ftw getopt glob grp iconv ifaddrs inttypes iso646 langinfo libgen libintl libkern limits link locale malloc math mcheck mntent monetary
mqueue ndbm netdb nl_types nsswitch obstack paths poll printf pthread pty pwd regex regexp resolv sched search semaphore setjmp sgtty shadow
signal spawn stab stdalign stdarg stdatomic stdbit stdbool stdckdint stddef stdint stdio stdio_ext stdlib stdnoreturn string strings stropts
sysexits syslog tar termio termios tgmath thread_db threads time trace uchar ucontext ulimit unistd util utime utmp utmpx values varargs vfork
wait wchar wctype wordexp memory malloc_np pthread_np sysctl uuid libutil err kvm fts gelf libelf bsd/string bsd/stdlib cpuid x86intrin immintrin
emmintrin xmmintrin pmmintrin tmmintrin smmintrin nmmintrin wmmintrin ammintrin avxintrin avx2intrin bmiintrin mmintrin popcntintrin arm_neon
arm_acle arm_sve altivec unwind cet sanitizer/asan_interface sanitizer/msan_interface sanitizer/common_interface_defs quadmath ltdl
"""

_WIN32 = """
windows winsock winsock2 ws2tcpip ws2def mswsock windef winbase winuser wincrypt winldap winber wininet winhttp winerror winnt winreg winioctl winsvc
windowsx wchar tchar io direct process share conio excpt eh crtdbg crtdefs corecrt sal specstrings intrin malloc iphlpapi iptypes ipifcons
netioapi ntsecapi ntstatus ntsecpkg ntddscsi winternl bcrypt ncrypt schannel schnlsp sspi security secext subauth rpc rpcdce objbase ole2 oleauto
comdef unknwn shlobj shlwapi shellapi shellscalingapi commctrl commdlg richedit psapi tlhelp32 dbghelp imagehlp versionhelpers mmsystem
timeapi synchapi processthreadsapi fileapi handleapi memoryapi sysinfoapi errhandlingapi libloaderapi profileapi stringapiset lm lmcons lmaccess
lmapibuf lmerr lmstats lmat dsrole aclapi sddl accctrl powrprof setupapi devguid cfgmgr32 initguid guiddef wtypes basetsd afunix wspiapi
mstcpip pdh wbemidl d3d11 dxgi dwmapi uxtheme userenv wtsapi32 delayimp vcruntime winapifamily pshpack1 pshpack4 poppack stralign
msi msiquery
"""

_OTHER_SYSTEMS = """
os2 be dos proto kernel tpfeq tpfio nwconio nwsemaph novsock2 screen library OS Debug MacTypes Carbon TargetConditionals Availability
AvailabilityMacros CommonCrypto os/lock os/log qadrt descrip starlet ssdef lib$routines unixio unixlib in inet socket floss dpmi bios pc
taskLib sysLib vxWorks selectLib hostLib ioLib ucx/in stat file
"""

_CPP = """
algorithm any array atomic barrier bit bitset cassert ccomplex cctype cerrno cfenv cfloat charconv chrono cinttypes ciso646 climits clocale cmath
codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdalign cstdarg cstdbool cstddef cstdint cstdio cstdlib cstring
ctgmath ctime cuchar cwchar cwctype debugging deque exception execution expected filesystem flat_map flat_set format forward_list fstream
functional future generator hazard_pointer initializer_list inplace_vector iomanip ios iosfwd iostream istream iterator latch limits linalg
list locale map mdspan memory memory_resource mutex new numbers numeric optional ostream print queue random ranges ratio rcu regex
scoped_allocator semaphore set shared_mutex simd source_location span spanstream sstream stack stacktrace stdexcept stdfloat stop_token
streambuf string string_view strstream syncstream system_error text_encoding thread tuple type_traits typeindex typeinfo unordered_map
unordered_set utility valarray variant vector version cxxabi.h hash_map hash_set ext/hash_map ext/hash_set tr1/memory tr1/functional
bits/stdc++.h
"""

_SYSTEM_FOLDERS = _prefixes(
    """
    sys/ linux/ asm/ asm-generic/ arpa/ net/ netinet/ netinet6/ netpacket/ netatalk/ netax25/ netlink/ rpc/ rpcsvc/ protocols/ scsi/ sound/ mtd/
    bits/ gnu/ machine/ mach/ mach-o/ libkern/ i386/ x86_64/ dispatch/ objc/ xpc/ os/ uvm/ vm/ ufs/ experimental/ ext/ tr1/ CoreFoundation/ CoreServices/
    Security/ SystemConfiguration/ IOKit/ Foundation/ Carbon/ Cocoa/ AppKit/ CommonCrypto/ LDAP/ Kerberos/ GSS/ ApplicationServices/ AudioToolbox/
    Network/ DiskArbitration/ Availability/ clib/ devices/ dos/ exec/ proto/ amitcp/ kernel/ support/ storage/
    """
)

_THIRD_PARTY_FOLDERS = _prefixes(
    """
    openssl/ gnutls/ mbedtls/ psa/ wolfssl/ cyassl/ nss/ nspr/ boringssl/ gssapi/ krb5/ sasl/ zlib/ brotli/ nghttp2/ nghttp3/ ngtcp2/ event2/ uv/ ev/
    libxml/ libxslt/ glib/ gio/ gobject/ gtk/ gdk/ pango/ cairo/ QtCore/ QtGui/ QtWidgets/ QtNetwork/ boost/ absl/ google/ grpc/ grpcpp/ grpc++/
    folly/ fmt/ spdlog/ gtest/ gmock/ benchmark/ gflags/ glog/ rapidjson/ nlohmann/ eigen3/ Eigen/ opencv2/ opencv/ tbb/ GL/ GLES2/ GLES3/ EGL/ GLFW/
    vulkan/ SDL/ SDL2/ SDL3/ X11/ xcb/ wayland/ freetype/ freetype2/ fontconfig/ harfbuzz/ pcap/ libssh/ libssh2/ libpq/ mysql/ mariadb/ lua/ python/
    lua5.1/ luajit/ luajit-2.1/ ruby/ unicode/ icu/ leveldb/ rocksdb/ snappy/ lz4/ zstd/ jemalloc/ gperftools/ valgrind/ systemd/ selinux/ security/ apr/
    apr-1/ hdf5/ cuda/ cublas/ CL/ mpi/ libavcodec/ libavformat/ libavutil/ libswscale/ alsa/ pulse/ dbus/ dbus-1.0/ avahi-client/ blkid/ fuse/
    libusb-1.0/ hwloc/ numa/ rdma/ infiniband/ curl/ cjson/ yaml-cpp/ msgpack/ thrift/ Poco/ asio/ catch2/ doctest/ json-c/ sodium/ winpr/ rustls/
    """
)

_THIRD_PARTY_HEADERS = _words(
    """
    zlib.h zconf.h bzlib.h lzma.h lzo1x.h lz4.h lz4frame.h lz4hc.h zstd.h zdict.h snappy.h snappy-c.h png.h pngconf.h jpeglib.h turbojpeg.h tiff.h tiffio.h
    gif_lib.h webp.h expat.h yaml.h jansson.h json.h cJSON.h pcre.h pcre2.h pcreposix.h oniguruma.h regex2.h idn2.h idna.h stringprep.h libpsl.h
    unicase.h unistr.h ares.h ares_version.h ev.h uv.h event.h evhttp.h libssh2.h libssh2_sftp.h libssh2_publickey.h rustls.h hyper.h msh3.h quiche.h
    ldap.h lber.h ldap_ssl.h librtmp/rtmp.h gssapi.h krb5.h sasl.h nss.h ssl.h pk11func.h nspr.h plarena.h prio.h prerror.h prinit.h prnetdb.h
    sqlite3.h mysql.h libpq-fe.h Python.h lua.h lauxlib.h lualib.h lua.hpp tcl.h tk.h ruby.h perl.h EXTERN.h XSUB.h php.h jni.h jni_md.h jvmti.h jvmpi.h jawt.h jawt_md.h
    node.h node_api.h v8.h nan.h napi.h curses.h ncurses.h panel.h term.h readline.h histedit.h editline.h pcap.h libnet.h usb.h libusb.h fuse.h glut.h
    glib.h gmodule.h gtk/gtk.h ft2build.h fftw3.h gsl.h blas.h cblas.h lapacke.h gmp.h mpfr.h mpc.h omp.h mpi.h cuda.h cuda_runtime.h numa.h hwloc.h
    libelf.h dwarf.h libunwind.h bfd.h valgrind.h check.h cmocka.h CUnit.h unity.h gtest.h apr.h apr_pools.h apr_strings.h libintl.h uuid.h libcurl.h
    nettle.h gcrypt.h gpgme.h gpg-error.h tls.h sodium.h rocksdb.h archive.h archive_entry.h magic.h systemd.h selinux.h cap-ng.h audit.h acl.h
    secure_transport.h fst_config.h kiteconfig.h beos.h Haiku.h slirp.h crtdbg.h gnurx.h proj.h nxtools.h
    """
)

_GENERATED = re.compile(
    r"(^|[/_.-])(auto)?config(ure)?(_h|-unix|-win32|\.h)?\.(h|hh|hpp)$|_export\.(h|hpp)$|\.pb(-c)?\.(h|hh)$|\.grpc\.pb\.h$|_generated\.h$"
    r"|\.tab\.(h|hh|c)$|(^|/)(moc|ui|qrc)_[^/]*$|\.moc$|(^|/)(build|git)[_-]?(info|version|rev(ision)?)\.h$|(^|/)version\.h$|\.in\.h$|\.inc\.h$",
    re.IGNORECASE,
)

_SYSTEM = (
    frozenset(f"{name}.h".lower() for name in (_C_AND_POSIX + _WIN32 + _OTHER_SYSTEMS).split())
    | frozenset(_CPP.split())
    | frozenset(f"{name}.h" for name in _CPP.split())
)


def is_system(target: str) -> bool:
    """Tell whether `target` is a header of a compiler or an operating system. Case is folded, for Win32's sake."""
    return target.lower() in _SYSTEM or target.startswith(_SYSTEM_FOLDERS)


def is_third_party(target: str) -> bool:
    """Tell whether `target` is a header of a library many programs use."""
    return target in _THIRD_PARTY_HEADERS or target.startswith(_THIRD_PARTY_FOLDERS)


def classify(target: str, *, generated: frozenset[str] = frozenset()) -> UnresolvedKind:
    """Say what a header outside the tree most likely is. `generated` holds further names that a build would make."""
    if is_system(target):
        return UnresolvedKind.SYSTEM
    if is_third_party(target):
        return UnresolvedKind.THIRD_PARTY
    if target in generated or _GENERATED.search(target):
        return UnresolvedKind.GENERATED
    return UnresolvedKind.UNKNOWN
