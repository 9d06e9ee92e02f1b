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
  window.Redoc.init(target.dataset.document, { hideDownloadButton: false }, target)
}
