# One image for web, worker, sweeper and migrations: docker-compose.yml says which it is.
FROM python:3.11-slim AS build

ENV UV_PROJECT_ENVIRONMENT=/venv UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
RUN pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
WORKDIR /app
# The lock alone first: as long as it stays the same, this layer does too.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-default-groups
COPY . .
# No key and no database is needed to build: what DEMO stands in for is not kept in the image.
RUN /venv/bin/python -m launch.messages \
 && DEMO=true STATIC_ROOT=/app/staticfiles /venv/bin/python manage.py collectstatic --noinput \
 && /venv/bin/python -m compileall -q .

FROM python:3.11-slim
# Pango lays out the PDF documents; the font is ours.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin praksisplass
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/app/staticfiles \
    NUMBA_CACHE_DIR=/tmp/numba
USER praksisplass
EXPOSE 8000
# No access log: the links in mails are secrets, and they are paths.
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", \
     "--timeout", "30", "--preload", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
