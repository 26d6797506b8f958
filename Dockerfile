FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements/base.txt
COPY pyproject.toml README.md LICENSE ./
COPY requirements/base.in requirements/base.in
COPY src src
RUN if ls src/admitone/locale/*/LC_MESSAGES/*.po >/dev/null 2>&1; then \
      /venv/bin/pybabel --quiet compile --directory src/admitone/locale --domain django; \
    fi && /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home admitone && install -d -o admitone -g admitone -m 700 /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 ADMITONE_DATA_DIR=/data
USER admitone
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["admitone", "serve", "--host", "0.0.0.0", "--port", "8000"]
