/*
 * A libnvidia-ml.so.1 without a GPU, for tests: it answers what it is told to, with the calling
 * convention, the structures and the versions of nvml.h. Whoever passes another layout or version
 * gets what the real library gives: NVML_ERROR_ARGUMENT_VERSION_MISMATCH, or values in the wrong
 * places.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SUCCESS = 0,
    UNINITIALIZED = 1,
    INVALID_ARGUMENT = 2,
    NOT_SUPPORTED = 3,
    NOT_FOUND = 6,
    INSUFFICIENT_SIZE = 7,
    TIMEOUT = 10,
    ARGUMENT_VERSION_MISMATCH = 25
};

#define GPUS 8
#define MIGS 7
#define PROCESSES 4
#define EVENTS 8
#define FAILURES 16
#define GPM_METRICS 210
#define NO_INSTANCE 0xFFFFFFFFu

/* ---- what nvml.h defines ---- */

typedef struct { unsigned int gpu, memory; } utilization_t;

typedef struct {
    unsigned int version;
    unsigned long long total, reserved, free, used;
} memory_v2_t;

typedef struct {
    unsigned int pid;
    unsigned long long used_gpu_memory;
    unsigned int gpu_instance, compute_instance;
} process_t;

typedef union {
    double d;
    unsigned int u;
    unsigned long long ull;
} value_t;

typedef struct {
    unsigned int field, scope;
    long long timestamp, latency_us;
    int type, status;
    value_t value;
} field_value_t;

typedef struct {
    void *device;
    unsigned long long type, data;
    unsigned int gpu_instance, compute_instance;
} event_t;

typedef struct { unsigned int version, supported; } gpm_support_t;

typedef struct {
    unsigned int id;
    int status;
    double value;
    struct { char *short_name, *long_name, *unit; } info;
} gpm_metric_t;

typedef struct { int number; void *device; unsigned int gpu_instance; } gpm_sample_t;

typedef struct {
    unsigned int version, count;
    gpm_sample_t *before, *after;
    gpm_metric_t metrics[GPM_METRICS];
} gpm_get_t;

_Static_assert(sizeof(utilization_t) == 8, "nvmlUtilization_t");
_Static_assert(sizeof(memory_v2_t) == 40, "nvmlMemory_v2_t");
_Static_assert(sizeof(process_t) == 24, "nvmlProcessInfo_t");
_Static_assert(sizeof(field_value_t) == 40, "nvmlFieldValue_t");
_Static_assert(sizeof(event_t) == 32, "nvmlEventData_t");
_Static_assert(sizeof(gpm_metric_t) == 40, "nvmlGpmMetric_t");

#define MEMORY_V2 ((unsigned int) (sizeof(memory_v2_t) | (2u << 24)))

/* ---- what tests say ---- */

typedef struct device {
    int gpu;
    int instance; /* of MIG, or -1 */
} device_t;

static struct {
    int initialised;
    unsigned int gpus, instances, processes;
    process_t process[PROCESSES];
    event_t event[EVENTS];
    unsigned int events;
    struct { char function[64]; int status; int gpu; } failure[FAILURES];
    unsigned int failures;
    int gpm_samples, event_sets, next_sample;
    int blank;
} fake;

static device_t gpu_handle[GPUS];
static device_t mig_handle[GPUS][MIGS];

void fake_reset(void) {
    memset(&fake, 0, sizeof fake);
    fake.gpus = 1;
}

void fake_gpus(unsigned int count) { fake.gpus = count; }
void fake_instances(unsigned int count) { fake.instances = count; }
void fake_blank(int blank) { fake.blank = blank; }
int fake_initialised(void) { return fake.initialised; }
int fake_gpm_samples(void) { return fake.gpm_samples; }
int fake_event_sets(void) { return fake.event_sets; }

/* From now on a function answers this, of one GPU or (-1) of all. */
void fake_fail(const char *function, int status, int gpu) {
    if (fake.failures < FAILURES) {
        snprintf(fake.failure[fake.failures].function, 64, "%s", function);
        fake.failure[fake.failures].status = status;
        fake.failure[fake.failures++].gpu = gpu;
    }
}

void fake_process(unsigned int pid) {
    if (fake.processes < PROCESSES) {
        process_t process = {pid, 1ull << 30, NO_INSTANCE, NO_INSTANCE};
        fake.process[fake.processes++] = process;
    }
}

void fake_xid(int gpu, unsigned long long code, unsigned int instance) {
    if (fake.events < EVENTS) {
        event_t event = {&gpu_handle[gpu], 8, code, instance, NO_INSTANCE};
        fake.event[fake.events++] = event;
    }
}

static int failure(const char *function, int gpu) {
    for (unsigned int i = 0; i < fake.failures; i++) {
        int of = fake.failure[i].gpu;
        if (strcmp(fake.failure[i].function, function) == 0 && (of < 0 || of == gpu)) {
            return fake.failure[i].status;
        }
    }
    return SUCCESS;
}

/* Before anything is told. */
__attribute__((constructor)) static void begin(void) { fake_reset(); }

#define ANSWERS(gpu)                                     \
    do {                                                 \
        int failed = failure(__func__, (gpu));           \
        if (failed != SUCCESS) return failed;            \
        if (!fake.initialised) return UNINITIALIZED;     \
    } while (0)

#define WHOLE_GPU(device) do { if ((device)->instance >= 0) return NOT_SUPPORTED; } while (0)

static unsigned int value32(unsigned int value) { return fake.blank ? 0xFFFFFFFFu : value; }
static unsigned long long value64(unsigned long long value) { return fake.blank ? ~0ull : value; }

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* ---- the library ---- */

int nvmlInit_v2(void) {
    int failed = failure(__func__, -1);
    if (failed != SUCCESS) return failed;
    fake.initialised++;
    for (int gpu = 0; gpu < GPUS; gpu++) {
        gpu_handle[gpu].gpu = gpu;
        gpu_handle[gpu].instance = -1;
        for (int mig = 0; mig < MIGS; mig++) {
            mig_handle[gpu][mig].gpu = gpu;
            mig_handle[gpu][mig].instance = mig;
        }
    }
    return SUCCESS;
}

int nvmlShutdown(void) {
    if (!fake.initialised) return UNINITIALIZED;
    fake.initialised--;
    return SUCCESS;
}

static int text(char *to, unsigned int length, const char *value) {
    if (strlen(value) + 1 > length) return INSUFFICIENT_SIZE;
    strcpy(to, value);
    return SUCCESS;
}

int nvmlSystemGetDriverVersion(char *version, unsigned int length) {
    ANSWERS(-1);
    return text(version, length, "580.159.04");
}

int nvmlDeviceGetCount_v2(unsigned int *count) {
    ANSWERS(-1);
    *count = fake.gpus;
    return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned int index, device_t **device) {
    ANSWERS((int) index);
    if (index >= fake.gpus) return INVALID_ARGUMENT;
    *device = &gpu_handle[index];
    return SUCCESS;
}

int nvmlDeviceGetUUID(device_t *device, char *uuid, unsigned int length) {
    char value[96];
    ANSWERS(device->gpu);
    snprintf(value, sizeof value, "%s-00000000-0000-0000-0000-00000000000%d",
             device->instance < 0 ? "GPU" : "MIG", device->gpu);
    return text(uuid, length, value);
}

int nvmlDeviceGetName(device_t *device, char *name, unsigned int length) {
    ANSWERS(device->gpu);
    return text(name, length, "NVIDIA H100 80GB HBM3");
}

int nvmlDeviceGetUtilizationRates(device_t *device, utilization_t *rates) {
    ANSWERS(device->gpu);
    WHOLE_GPU(device);
    rates->gpu = value32(37);
    rates->memory = 11;
    return SUCCESS;
}

int nvmlDeviceGetMemoryInfo_v2(device_t *device, memory_v2_t *memory) {
    ANSWERS(device->gpu);
    if (memory->version != MEMORY_V2) return ARGUMENT_VERSION_MISMATCH;
    memory->total = value64(device->instance < 0 ? 85520809984ull : 10200547328ull);
    memory->reserved = 501219328ull;
    memory->used = value64(device->instance < 0 ? 1234567168ull : 13041664ull);
    memory->free = memory->total - memory->reserved - memory->used;
    return SUCCESS;
}

int nvmlDeviceGetPowerUsage(device_t *device, unsigned int *milliwatts) {
    ANSWERS(device->gpu);
    WHOLE_GPU(device);
    *milliwatts = value32(123456);
    return SUCCESS;
}

int nvmlDeviceGetTotalEnergyConsumption(device_t *device, unsigned long long *millijoules) {
    ANSWERS(device->gpu);
    WHOLE_GPU(device);
    /* beyond 32 bits, and growing as the power says */
    *millijoules = value64(5000000000000ull + (unsigned long long) (seconds() * 123456.0));
    return SUCCESS;
}

int nvmlDeviceGetTemperature(device_t *device, int sensor, unsigned int *celsius) {
    ANSWERS(device->gpu);
    WHOLE_GPU(device);
    if (sensor != 0) return INVALID_ARGUMENT;
    *celsius = value32(41);
    return SUCCESS;
}

int nvmlDeviceGetClockInfo(device_t *device, int clock, unsigned int *megahertz) {
    ANSWERS(device->gpu);
    WHOLE_GPU(device);
    if (clock < 0 || clock > 3) return INVALID_ARGUMENT;
    *megahertz = value32(clock == 1 ? 1980 : clock == 2 ? 2619 : 1111);
    return SUCCESS;
}

int nvmlDeviceGetPcieThroughput(device_t *device, int counter, unsigned int *kilobytes) {
    ANSWERS(device->gpu);
    WHOLE_GPU(device);
    if (counter != 0 && counter != 1) return INVALID_ARGUMENT;
    *kilobytes = value32(counter == 0 ? 1500 : 2500);
    return SUCCESS;
}

int nvmlDeviceGetFieldValues(device_t *device, int count, field_value_t *values) {
    ANSWERS(device->gpu);
    for (int i = 0; i < count; i++) {
        int known = values[i].field == 74 && device->instance < 0;
        int failed = failure("field", device->gpu);
        values[i].status = failed ? failed : known ? SUCCESS : NOT_SUPPORTED;
        values[i].type = 3;
        values[i].value.ull = value64(2500000000ull);
    }
    return SUCCESS;
}

int nvmlDeviceGetComputeRunningProcesses_v3(device_t *device, unsigned int *count,
                                            process_t *processes) {
    ANSWERS(device->gpu);
    if (*count < fake.processes) {
        *count = fake.processes;
        return INSUFFICIENT_SIZE;
    }
    *count = fake.processes;
    memcpy(processes, fake.process, fake.processes * sizeof(process_t));
    return SUCCESS;
}

int nvmlDeviceGetMigMode(device_t *device, unsigned int *current, unsigned int *pending) {
    ANSWERS(device->gpu);
    *current = fake.instances > 0;
    *pending = *current;
    return SUCCESS;
}

int nvmlDeviceGetMaxMigDeviceCount(device_t *device, unsigned int *count) {
    ANSWERS(device->gpu);
    *count = MIGS;
    return SUCCESS;
}

/* Every second place is empty, as places are after instances were destroyed. */
int nvmlDeviceGetMigDeviceHandleByIndex(device_t *device, unsigned int index, device_t **mig) {
    ANSWERS(device->gpu);
    if (index >= MIGS) return INVALID_ARGUMENT;
    if (index % 2 == 1 || index / 2 >= fake.instances) return NOT_FOUND;
    *mig = &mig_handle[device->gpu][index];
    return SUCCESS;
}

int nvmlDeviceGetGpuInstanceId(device_t *device, unsigned int *id) {
    ANSWERS(device->gpu);
    if (device->instance < 0) return NOT_FOUND;
    *id = 7 + (unsigned int) device->instance;
    return SUCCESS;
}

int nvmlDeviceGetComputeInstanceId(device_t *device, unsigned int *id) {
    ANSWERS(device->gpu);
    if (device->instance < 0) return NOT_FOUND;
    *id = 0;
    return SUCCESS;
}

/* A driver before Hopper has none of what follows. */
#ifndef OLD_LIBRARY

int nvmlGpmQueryDeviceSupport(device_t *device, gpm_support_t *support) {
    ANSWERS(device->gpu);
    if (support->version != 1) return ARGUMENT_VERSION_MISMATCH;
    support->supported = 1;
    return SUCCESS;
}

int nvmlGpmSampleAlloc(gpm_sample_t **sample) {
    ANSWERS(-1);
    *sample = calloc(1, sizeof(gpm_sample_t));
    fake.gpm_samples++;
    return SUCCESS;
}

int nvmlGpmSampleFree(gpm_sample_t *sample) {
    free(sample);
    fake.gpm_samples--;
    return SUCCESS;
}

static int gpm_get(device_t *device, unsigned int instance, gpm_sample_t *sample) {
    sample->number = ++fake.next_sample;
    sample->device = device;
    sample->gpu_instance = instance;
    return SUCCESS;
}

int nvmlGpmSampleGet(device_t *device, gpm_sample_t *sample) {
    ANSWERS(device->gpu);
    return gpm_get(device, NO_INSTANCE, sample);
}

int nvmlGpmMigSampleGet(device_t *device, unsigned int instance, gpm_sample_t *sample) {
    ANSWERS(device->gpu);
    return gpm_get(device, instance, sample);
}

int nvmlGpmMetricsGet(gpm_get_t *get) {
    ANSWERS(-1);
    if (get->version != 1) return ARGUMENT_VERSION_MISMATCH;
    /* the older one first, of one GPU and instance, and only as many as fit */
    if (get->before->number >= get->after->number || get->before->device != get->after->device
        || get->before->gpu_instance != get->after->gpu_instance || get->count > GPM_METRICS) {
        return INVALID_ARGUMENT;
    }
    double share = get->after->gpu_instance == NO_INSTANCE ? 1 : 0.5;
    for (unsigned int i = 0; i < get->count; i++) {
        gpm_metric_t *metric = &get->metrics[i];
        metric->status = failure("gpm metric", (int) metric->id);
        metric->value = share * (metric->id == 2    ? 80
                                 : metric->id == 5  ? 60
                                 : metric->id == 10 ? 40
                                 : metric->id == 20 ? 3
                                 : metric->id == 21 ? 5
                                                    : 1000);
    }
    return SUCCESS;
}

#endif

int nvmlEventSetCreate(int **set) {
    static int sets[1];
    ANSWERS(-1);
    *set = sets;
    fake.event_sets++;
    return SUCCESS;
}

int nvmlEventSetFree(int *set) {
    (void) set;
    fake.event_sets--;
    return SUCCESS;
}

int nvmlDeviceRegisterEvents(device_t *device, unsigned long long types, int *set) {
    (void) set;
    ANSWERS(device->gpu);
    return types == 8 ? SUCCESS : NOT_SUPPORTED;
}

int nvmlEventSetWait_v2(int *set, event_t *event, unsigned int timeout_ms) {
    (void) set;
    (void) timeout_ms;
    ANSWERS(-1);
    if (fake.events == 0) return TIMEOUT;
    *event = fake.event[0];
    memmove(fake.event, fake.event + 1, --fake.events * sizeof(event_t));
    return SUCCESS;
}
