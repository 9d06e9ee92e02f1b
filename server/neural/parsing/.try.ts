import { readFileSync } from 'node:fs'
import { parseDocument } from './parse.ts'
const [,, file, addr] = process.argv
const t=performance.now()
const d = await parseDocument({bytes: readFileSync(file!), fileName: file!, contentType: null, title: null, address: addr ?? null})
const kinds:Record<string,number>={}
for (const s of d.segments) kinds[s.kind]=(kinds[s.kind]??0)+1
console.log(d.title, d.contentType, d.language, d.text.length, kinds, performance.now()-t)
let bad=0
d.segments.forEach((s,i)=>{const x=d.text.slice(s.start,s.end); if(!x||x!==x.trim()||(s.parent!==null&&s.parent>=i)) bad++})
console.log('bad',bad, 'longest', Math.max(...d.segments.map(s=>s.end-s.start)))
if (process.env.SHOW) for (const s of d.segments.slice(0, Number(process.env.SHOW))) console.log('-----',s.kind,'|',s.title,'|',s.name,'|',s.address,'|',s.parent,'|',s.headingPath.join('>'),'|',s.links.slice(0,4).map(l=>l.kind+' '+l.target),'\n'+d.text.slice(s.start,s.end).slice(0,900))
if (d.contentType==='application/oscal+json'){ const a=new Set(d.segments.map(s=>s.address)); const p=new Set<string>(); let un=0
for(const s of d.segments) if(s.kind==='control') for(const l of s.links) {if(l.kind==='related')p.add(s.address+l.target); if(!a.has(l.target))un++}
const texts=new Set(d.segments.filter(s=>s.kind==='control').map(s=>d.text.slice(s.start,s.end)))
console.log('related',p.size,'unresolved',un,'distinct control texts',texts.size,'addresses unique',a.size,d.segments.filter(s=>s.address).length) }
