// Starts whichever reader the page loaded: Swagger UI at /docs, ReDoc at /redoc.
const target = document.getElementById('reference')
if (window.SwaggerUIBundle) {
  // Areas first: with all operations open, the one somebody looks for is far down the page.
  window.SwaggerUIBundle({
    url: '/openapi.json',
    domNode: target,
    deepLinking: true,
    docExpansion: 'none',
    filter: true,
    persistAuthorization: false,
  })
} else if (window.Redoc) {
  window.Redoc.init('/openapi.json', { hideDownloadButton: false }, target)
}
