# The server, the worker and the migrations: one image, the command decides.

FROM node:24-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY web ./
RUN npm run build

FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/ani
COPY requirements.lock ./
RUN /opt/ani/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY LICENSE README.md pyproject.toml ./
COPY server server
COPY streaming streaming
COPY realtime realtime
COPY catalog catalog
COPY accounts accounts
COPY notify notify
COPY kernel kernel
COPY migrations migrations
COPY web/hatch_build.py web/
COPY --from=web /src/web/dist web/dist
RUN /opt/ani/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin ani && install --directory --owner ani /data
COPY --from=build /opt/ani /opt/ani
ENV PATH=/opt/ani/bin:$PATH PYTHONUNBUFFERED=1 ANI_HOST=0.0.0.0 ANI_PORT=8080 ANI_DATA_DIR=/data
USER ani
WORKDIR /data
VOLUME /data
EXPOSE 8080 8189/udp
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
ENTRYPOINT ["ani"]
CMD ["serve"]
