/* The floor under a training step: linear layers with a ReLU between them, by hand in C, for no other
 * sizes than those asked for, on one thread, without a library. The compiler may reorder every sum
 * (-ffast-math), so it shares nothing with the crate, and its digits are its own.
 *
 * It answers like pytorch.py: `version`, and `time 1 WARM REPEATS WORKLOAD` with one of
 *
 *     small                              50-50-50-1, Adam, one fresh sample after another
 *     classifier adam 64 784 256 10      Adam or momentum, the batch, the sizes
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LAYERS = 8, SAMPLES = 4096 };

typedef struct {
    int in, out;
    float *w, *b;             /* [in, out], [out] */
    float *d_w, *d_b;         /* their gradients; d_b stands behind d_w, as b behind w */
    float *m, *v;             /* moments of both */
    float *y, *d_y;           /* [batch, out] */
} Layer;

static Layer layers[LAYERS];
static int depth, batch, rule_is_adam, classes, samples;
static long step_number;
static float *inputs, *targets;

static float *numbers(size_t count) {
    float *p = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
    if (!p) exit(1);
    memset(p, 0, count * sizeof(float));
    return p;
}

/* Near enough to normal: the sum of four uniform numbers. */
static float draw(void) {
    static unsigned state = 12345;
    float sum = 0;
    for (int i = 0; i < 4; i++) {
        state = state * 1664525u + 1013904223u;
        sum += (float)(state >> 8) / (1 << 24) - 0.5f;
    }
    return sum * 1.732f;
}

static void build(const int *sizes, int count) {
    depth = count - 1;
    step_number = 0;
    for (int l = 0; l < depth; l++) {
        Layer *a = &layers[l];
        a->in = sizes[l], a->out = sizes[l + 1];
        size_t params = (size_t)(a->in + 1) * a->out;
        a->w = numbers(params), a->b = a->w + (size_t)a->in * a->out;
        a->d_w = numbers(params), a->d_b = a->d_w + (size_t)a->in * a->out;
        a->m = numbers(params), a->v = numbers(params);
        a->y = numbers((size_t)batch * a->out), a->d_y = numbers((size_t)batch * a->out);
        for (int i = 0; i < a->in * a->out; i++) a->w[i] = draw() / sqrtf((float)a->in);
    }
    inputs = numbers((size_t)samples * sizes[0]);
    for (int i = 0; i < samples * sizes[0]; i++) inputs[i] = draw();
    targets = numbers(samples);
    for (int i = 0; i < samples; i++) targets[i] = classes ? (float)(i % classes) : draw();
}

static void forward(const float *x) {
    for (int l = 0; l < depth; l++) {
        const Layer *a = &layers[l];
        for (int n = 0; n < batch; n++) {
            float *restrict y = a->y + (size_t)n * a->out;
            memcpy(y, a->b, a->out * sizeof(float));
            for (int i = 0; i < a->in; i++) {
                const float xi = x[(size_t)n * a->in + i], *restrict w = a->w + (size_t)i * a->out;
                for (int o = 0; o < a->out; o++) y[o] += xi * w[o];
            }
            if (l < depth - 1)
                for (int o = 0; o < a->out; o++) y[o] = y[o] > 0 ? y[o] : 0;
        }
        x = a->y;
    }
}

/* The mean squared error, or the cross entropy of labels. */
static void loss(const float *target) {
    const Layer *a = &layers[depth - 1];
    for (int n = 0; n < batch; n++) {
        const float *y = a->y + (size_t)n * a->out;
        float *d_y = a->d_y + (size_t)n * a->out, top = y[0], sum = 0;
        if (!classes) {
            d_y[0] = 2 * (y[0] - target[n]) / batch;
            continue;
        }
        for (int o = 1; o < a->out; o++) top = y[o] > top ? y[o] : top;
        for (int o = 0; o < a->out; o++) sum += d_y[o] = expf(y[o] - top);
        for (int o = 0; o < a->out; o++) d_y[o] = (d_y[o] / sum - (o == (int)target[n])) / batch;
    }
}

static void backward(const float *x) {
    for (int l = depth - 1; l >= 0; l--) {
        const Layer *a = &layers[l];
        const float *from = l ? layers[l - 1].y : x;
        memset(a->d_w, 0, (size_t)(a->in + 1) * a->out * sizeof(float));
        for (int n = 0; n < batch; n++) {
            const float *restrict d_y = a->d_y + (size_t)n * a->out;
            for (int o = 0; o < a->out; o++) a->d_b[o] += d_y[o];
            for (int i = 0; i < a->in; i++) {
                const float xi = from[(size_t)n * a->in + i];
                const float *restrict w = a->w + (size_t)i * a->out;
                float *restrict d_w = a->d_w + (size_t)i * a->out, d_x = 0;
                for (int o = 0; o < a->out; o++) d_w[o] += xi * d_y[o];
                if (!l) continue;
                for (int o = 0; o < a->out; o++) d_x += d_y[o] * w[o];
                layers[l - 1].d_y[(size_t)n * a->in + i] = xi > 0 ? d_x : 0;
            }
        }
    }
}

static void update(void) {
    step_number++;
    const float first = 1 / (1 - powf(0.9f, step_number)), second = 1 / (1 - powf(0.999f, step_number));
    for (int l = 0; l < depth; l++) {
        const Layer *a = &layers[l];
        float *restrict w = a->w, *restrict m = a->m, *restrict v = a->v;
        const float *restrict g = a->d_w;
        const int params = (a->in + 1) * a->out;
        if (rule_is_adam)
            for (int i = 0; i < params; i++) {
                m[i] = 0.9f * m[i] + 0.1f * g[i];
                v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
                w[i] -= 0.001f * (m[i] * first) / (sqrtf(v[i] * second) + 1e-8f);
            }
        else
            for (int i = 0; i < params; i++) {
                m[i] = 0.9f * m[i] + g[i];
                w[i] -= 0.05f * m[i];
            }
    }
}

static void run(long steps) {
    for (long s = 0; s < steps; s++) {
        const long at = samples == batch ? 0 : step_number % samples;
        const float *x = inputs + at * layers[0].in;
        forward(x);
        loss(targets + at);
        backward(x);
        update();
    }
}

/* Whether it is a workload. What an earlier one took is not given back: there are few. */
static int prepare(char *text) {
    int sizes[LAYERS + 1], count = 0;
    char *word = strtok(text, " \n");
    if (word && !strcmp(word, "small")) {
        const int small[] = {50, 50, 50, 1};
        batch = 1, samples = SAMPLES, classes = 0, rule_is_adam = 1;
        build(small, 4);
        return 1;
    }
    if (!word || strcmp(word, "classifier") || !(word = strtok(NULL, " \n"))) return 0;
    rule_is_adam = !strcmp(word, "adam");
    if (!(word = strtok(NULL, " \n"))) return 0;
    batch = samples = atoi(word);
    while (count <= LAYERS && (word = strtok(NULL, " \n"))) sizes[count++] = atoi(word);
    if (batch < 1 || count < 2) return 0;
    classes = sizes[count - 1];
    build(sizes, count);
    return 1;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(void) {
    char line[256], last[256] = "";
    while (fgets(line, sizeof line, stdin)) {
        int threads, at = 0;
        long warm, repeats;
        if (!strncmp(line, "version", 7)) {
            printf("%s\n", __VERSION__);
        } else if (sscanf(line, "time %d %ld %ld %n", &threads, &warm, &repeats, &at) == 3 && at) {
            if (strcmp(last, line + at)) {
                strcpy(last, line + at);
                char words[256];
                strcpy(words, last);
                if (!prepare(words)) return fprintf(stderr, "not a workload: %s", last), 1;
            }
            run(warm);
            const double start = now();
            run(repeats);
            printf("%.9g\n", (now() - start) / repeats);
        } else {
            return fprintf(stderr, "not a question: %s", line), 1;
        }
        fflush(stdout);
    }
    return 0;
}
