// Starts whichever reader the page loaded: Swagger UI at /docs, ReDoc at /redoc.
const target = document.getElementById('reference')
if (window.SwaggerUIBundle) {
  // Areas first: with all operations open, the one somebody looks for is far down the page.
  window.SwaggerUIBundle({
    url: target.dataset.document,
    domNode: target,
    deepLinking: true,
    docExpansion: 'none',
    filter: true,
    persistAuthorization: false,
  })
} else if (window.Redoc) {
  // It lays out every operation before it shows the first: examples without end would take it twice as long.
  window.Redoc.init(target.dataset.document, { hideDownloadButton: false, generatedPayloadSamplesMaxDepth: 4, jsonSampleExpandLevel: 1 }, target)
}
